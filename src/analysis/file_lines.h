#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "analysis/source_lines.h"
#include "model/finding.h"

namespace fleet::analysis {

// What another tool's columns count. Bytes are those of UTF-8.
enum class ColumnUnit { codepoint, utf16, byte };

// Turns places that other tools tell into regions, whose columns are in characters. Keeps the text of the
// files that were asked for last (64 MB), and reads no more once it has read 1 GB; then places stay as they
// were told. The time for a place does not grow with its line. One thread at a time.
class FileLines {
 public:
  // The text of a file by its path from the root; nothing when it is not there.
  using Source = std::function<std::optional<std::string>(const std::string& path)>;
  explicit FileLines(Source source) : source_(std::move(source)) {}

  struct Bounds {  // lines and columns from 1; what is not known is 0
    std::uint32_t line = 0, column = 0, end_line = 0, end_column = 0;
  };
  // Without an end: that of its line, where the source tells it, else its start.
  [[nodiscard]] model::Region region(const std::string& path, Bounds bounds, ColumnUnit unit);
  // From the start of `bounds` on the name that stands there; one character where there is none.
  [[nodiscard]] model::Region word(const std::string& path, std::uint32_t line, std::uint32_t column,
                                   ColumnUnit unit);

 private:
  struct File {
    explicit File(std::string given) : text(std::move(given)), lines(text) {}
    std::string text;
    SourceLines lines;
  };
  const File* file(const std::string& path);  // null: it is not known
  Source source_;
  std::map<std::string, std::unique_ptr<File>> files_;
  std::size_t kept_bytes_ = 0, read_bytes_ = 0;
};

}  // namespace fleet::analysis
