#include "text/mask.h"

#include <algorithm>

#include "text/escape.h"
#include "text/secret_forms.h"

namespace fleet::text {
namespace {

constexpr std::string_view kStars = "***";

// Programs that print a value often end it with a line feed, and files that hold one do.
std::string_view without_line_ends(std::string_view value) {
  while (value.ends_with('\n') || value.ends_with('\r'))
    value.remove_suffix(1);
  return value;
}

}  // namespace

Masker::Masker() : Masker(std::vector<Secret>{}) {}

Masker::Masker(const std::vector<Secret>& secrets) {
  SecretForms forms;
  for (const Secret& secret : secrets) {
    const std::string_view value = without_line_ends(secret.value);
    if (value.empty()) continue;
    if (value.size() < kMinLength) {
      unmaskable_.push_back(secret.name);
    } else {
      add_secret_forms(value, forms);
    }
  }
  all_ = std::make_shared<const Automaton>(forms.all);
  encoded_ = std::make_shared<const Automaton>(forms.encoded);
}

std::string Masker::mask(std::string_view whole) const {
  if (masks_nothing()) return std::string(whole);
  Stream stream(*this);
  std::string out = stream.feed(whole);
  out += stream.finish();
  return out;
}

std::size_t Masker::longest() const {
  return all_->longest() + StreamSearch::kMaxPassed + kMaxEscapeSequence;
}

Masker::Stream::Stream(const Masker& masker)
    : masker_(masker), as_it_is_(masker.all_, Blanks::read), without_blanks_(masker.encoded_, Blanks::pass) {}

std::string Masker::Stream::feed(std::string_view chunk) {
  if (masker_.masks_nothing()) return std::string(chunk);
  kept_ += chunk;
  read(Rest::follows);
  std::uint64_t until = std::min(as_it_is_.open(), without_blanks_.open());
  if (as_seen_) until = std::min(until, as_seen_->open());
  return release(until);
}

std::string Masker::Stream::finish() {
  read(Rest::none);
  std::string out = release(position_);
  *this = Stream(masker_);
  return out;
}

// Reads what can be told: the beginning of an escape sequence waits for its end.
void Masker::Stream::read(Rest rest) {
  std::string_view left = std::string_view(kept_).substr(position_ - released_);
  while (!left.empty()) {
    std::size_t length = std::min(left.find(kEscape), left.size());
    if (length == 0) {
      const EscapeSequence escape = escape_sequence(left);
      if (escape.may_go_on && rest == Rest::follows) return;
      length = escape.length;
      if (length == 0) {
        read_text(left.substr(0, 1));
        length = 1;
      } else {
        pass_escape(left.substr(0, length));
      }
    } else {
      read_text(left.substr(0, length));
    }
    left.remove_prefix(length);
    position_ += length;
  }
}

void Masker::Stream::read_text(std::string_view bytes) {
  const auto found = [this](Range range) { cover(range); };
  as_it_is_.read(bytes, found);
  if (as_seen_) as_seen_->read(bytes, found);
  without_blanks_.read(bytes, found);
}

void Masker::Stream::pass_escape(std::string_view sequence) {
  if (!as_seen_) as_seen_ = as_it_is_;  // up to here the two were one
  as_it_is_.read(sequence, [this](Range range) { cover(range); });
  as_seen_->pass(sequence.size());
  without_blanks_.pass(sequence.size());
}

// What overlaps becomes one; what only touches does not.
void Masker::Stream::cover(Range range) {
  const auto overlaps = [&range](const Range& other) {
    return other.begin < range.end && range.begin < other.end;
  };
  if (range.begin < masked_end_) {
    // The `***` that came out stands for it as well.
    masked_end_ = std::max(masked_end_, range.end);
    for (; !covered_.empty() && covered_.front().begin < masked_end_; covered_.pop_front())
      masked_end_ = std::max(masked_end_, covered_.front().end);
    return;
  }
  auto first = covered_.end();
  while (first != covered_.begin() && std::prev(first)->end > range.begin)
    --first;
  auto last = first;
  for (; last != covered_.end() && overlaps(*last); ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  covered_.insert(covered_.erase(first, last), range);
}

// What lies before `until` can no longer become part of a match that begins later.
std::string Masker::Stream::release(std::uint64_t until) {
  std::string out;
  const std::uint64_t base = released_;
  std::uint64_t at = released_;
  while (at < until) {
    if (at < masked_end_) {
      at = std::min(masked_end_, until);
      continue;
    }
    if (!covered_.empty() && covered_.front().begin <= at) {
      out += kStars;
      masked_end_ = covered_.front().end;
      covered_.pop_front();
      continue;
    }
    const std::uint64_t plain_end = covered_.empty() ? until : std::min(until, covered_.front().begin);
    out.append(kept_, at - base, plain_end - at);
    at = plain_end;
  }
  kept_.erase(0, until - base);
  released_ = until;
  return out;
}

}  // namespace fleet::text
