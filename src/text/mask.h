#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet::text {

struct Secret {
  std::string name;
  std::string value;
};

// Replaces secrets by `***` in bytes that will be seen: each secret, each line of a secret of several lines,
// and both as base64 (all three alignments, both alphabets), hex, URL-encoded, and escaped for JSON, XML or a
// shell. Occurrences that overlap become one `***`. One pass over the text, whatever the number of secrets
// (Aho and Corasick, "Efficient string matching", 1975). It protects against accidents, not against a program
// that wants to give a secret away. Immutable and cheap to copy; any thread.
class Masker {
 public:
  static constexpr std::size_t kMinLength = 4;  // bytes; shorter ones would blacken half a log
  class Automaton;
  class Stream;

  Masker();  // masks nothing
  explicit Masker(const std::vector<Secret>& secrets);

  [[nodiscard]] std::string mask(std::string_view whole) const;
  // The names of secrets that are too short to be masked. Empty ones are not secrets.
  [[nodiscard]] const std::vector<std::string>& unmaskable() const { return unmaskable_; }
  // The most bytes that a Stream keeps back.
  [[nodiscard]] std::size_t longest() const;

 private:
  std::shared_ptr<const Automaton> automaton_;
  std::vector<std::string> unmaskable_;
};

// Masks one stream that arrives in pieces; how it is cut makes no difference to what comes out. Keeps back
// only bytes that may be the beginning of a secret. One thread at a time.
class Masker::Stream {
 public:
  explicit Stream(const Masker& masker);

  [[nodiscard]] std::string feed(std::string_view chunk);
  [[nodiscard]] std::string finish();  // what was kept back; the stream can be used anew afterwards

 private:
  struct Range {  // [begin, end), counted from the start of the stream
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  explicit Stream(std::shared_ptr<const Automaton> automaton) : automaton_(std::move(automaton)) {}
  void cover(Range range);
  void release(std::uint64_t until, std::string& out);

  std::shared_ptr<const Automaton> automaton_;
  std::uint32_t state_ = 0;
  std::string kept_;              // the bytes [released_, position_)
  std::uint64_t position_ = 0;    // bytes fed
  std::uint64_t released_ = 0;    // bytes dealt with
  std::uint64_t masked_end_ = 0;  // up to here the last `***` that came out stands for
  std::deque<Range> covered_;     // apart from each other, in order; not yet come out
};

}  // namespace fleet::text
