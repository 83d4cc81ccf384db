#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/stream_search.h"

namespace fleet::text {

struct Secret {
  std::string name;
  std::string value;
};

// Replaces secrets by `***` in bytes that will be seen: each secret, each line of a secret of several lines,
// and both as base64 (all three alignments, both alphabets), hex, URL-encoded, and escaped for JSON, XML, a
// shell or a terminal. Escape sequences do not hide a secret that they cut in pieces (the colours of `grep`),
// nor blanks and line breaks one that is encoded (the 76 columns of `base64`). Occurrences that overlap
// become one `***`. The time is linear in the text, whatever the number of secrets. It protects against
// accidents, not against a program that wants to give a secret away. Immutable and cheap to copy; any thread.
class Masker {
 public:
  static constexpr std::size_t kMinLength = 4;  // bytes; shorter ones would blacken half a log
  class Stream;

  Masker();  // masks nothing
  explicit Masker(const std::vector<Secret>& secrets);

  [[nodiscard]] std::string mask(std::string_view whole) const;
  [[nodiscard]] bool masks_nothing() const { return all_->longest() == 0; }
  // The names of secrets that are too short to be masked. Empty ones are not secrets.
  [[nodiscard]] const std::vector<std::string>& unmaskable() const { return unmaskable_; }
  // The most bytes that a Stream keeps back.
  [[nodiscard]] std::size_t longest() const;

 private:
  std::shared_ptr<const Automaton> all_;      // of the forms of all secrets
  std::shared_ptr<const Automaton> encoded_;  // of those that may be broken by blanks
  std::vector<std::string> unmaskable_;
};

// Masks one stream that arrives in pieces; how it is cut makes no difference to what comes out. Keeps back
// only bytes that may be the beginning of a secret or of an escape sequence. One thread at a time.
class Masker::Stream {
 public:
  explicit Stream(const Masker& masker);

  [[nodiscard]] std::string feed(std::string_view chunk);
  [[nodiscard]] std::string finish();  // what was kept back; the stream can be used anew afterwards

 private:
  enum class Rest { follows, none };
  void read(Rest rest);
  void read_text(std::string_view bytes);
  void pass_escape(std::string_view sequence);
  void cover(Range range);
  [[nodiscard]] std::string release(std::uint64_t until);

  Masker masker_;
  StreamSearch as_it_is_;
  std::optional<StreamSearch> as_seen_;  // without escape sequences; none before the first of them
  StreamSearch without_blanks_;          // and without escape sequences
  std::string kept_;                     // fed and not released
  std::uint64_t position_ = 0;           // bytes read
  std::uint64_t released_ = 0;           // bytes dealt with
  std::uint64_t masked_end_ = 0;         // up to here the last `***` that came out stands for
  std::deque<Range> covered_;            // apart from each other, in order; not yet come out
};

}  // namespace fleet::text
