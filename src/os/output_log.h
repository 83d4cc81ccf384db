#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "os/process.h"

namespace fleet::os {

// Changes a stream of bytes on its way, such as masking secrets. It may hold bytes back until it can tell.
class OutputFilter {
 public:
  virtual ~OutputFilter() = default;
  [[nodiscard]] virtual std::string feed(std::string_view bytes) = 0;
  [[nodiscard]] virtual std::string finish() = 0;  // what was held back
};

// Where the output of a program, or of several after each other, goes: all of it to a file, its head and its
// tail in memory. Nothing is kept that did not pass the filter. One thread.
class OutputLog {
 public:
  struct Settings {
    // Appended to; made, with mode 0600 in folders of mode 0700, when there is something to write.
    std::string path;
    std::optional<std::uint64_t> max_bytes;  // of this log in the file; then a line that says so, and no more
    std::size_t head_bytes = 16 * 1024;
    std::size_t tail_bytes = 16 * 1024;
    // One filter for each stream, since what is split across writes is not split across streams. May be
    // empty.
    std::function<std::unique_ptr<OutputFilter>()> make_filter;
    // What was kept, as it is kept, for a live view. May be empty.
    std::function<void(Stream, std::string_view)> also;
  };
  explicit OutputLog(Settings settings);

  void write(Stream stream, std::string_view bytes);
  // Lets the filters' rest out. The first error of making or writing the file, if there was one: head and
  // tail are whole even so.
  [[nodiscard]] Result<> finish();

  // Together the whole output when it is no longer than both; else what lies between is only in the file.
  // Cut at whole UTF-8 characters.
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string tail() const;
  [[nodiscard]] std::uint64_t size() const { return size_; }  // bytes, after the filter
  // Whether its file has all that max_bytes let in; there is none as long as nothing was written.
  [[nodiscard]] bool is_in_file() const { return file_ && !error_; }
  // What came after the first `size` bytes, at most the last tail_bytes of it: what one of several programs
  // said.
  [[nodiscard]] std::string since(std::uint64_t size) const;

 private:
  void keep(Stream stream, std::string_view bytes);
  void append_to_file(std::string_view bytes);
  [[nodiscard]] Result<> open_file();

  Settings settings_;
  base::UniqueFd file_;
  std::array<std::unique_ptr<OutputFilter>, 2> filters_;
  std::string head_;
  std::string tail_;  // up to twice tail_bytes, cut back now and then
  std::uint64_t size_ = 0;
  std::uint64_t written_ = 0;
  bool full_ = false;
  std::optional<Error> error_;
};

}  // namespace fleet::os
