#include "analysis/include_scan.h"

#include <algorithm>
#include <unordered_set>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxNames = 2000;
constexpr std::size_t kMaxName = 4096;  // bytes, as the system's for a path
constexpr std::size_t kMaxSkips = 64;   // comments and spliced lines between `#` and the name

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

bool is_identifier(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_';
}

// cppcheck takes every control character for a blank.
bool is_blank(char c) {
  return static_cast<unsigned char>(c) <= ' ' && !is_line_end(c);
}

class IncludeScanner {
 public:
  explicit IncludeScanner(std::string_view text) : text_(text) {}
  IncludeScan scan();

 private:
  std::size_t token_end(std::size_t at, bool& is_comment);
  std::size_t raw_string_end(std::size_t quote) const;
  std::size_t find_comment_end(std::size_t from);
  void directive(std::size_t hash, bool is_comment);
  void has_include(std::size_t at);
  // Past blanks, comments and spliced lines. False: too many of them.
  bool skip(std::size_t& at);
  [[nodiscard]] std::size_t after_splice(std::size_t backslash) const;
  bool take_word(std::size_t& at, std::string_view word) const;
  // The name at `at`, if there is one in quotes or angles.
  bool take_name(std::size_t at);
  [[nodiscard]] char get(std::size_t at) const { return at < text_.size() ? text_[at] : '\n'; }

  std::string_view text_;
  IncludeScan found_;
  std::unordered_set<std::string> known_;
  // What was answered last. Many `#` in one comment lead to the same place behind it, and looking at it for
  // each of them would take quadratic time.
  std::size_t comment_from_ = 0, comment_end_ = 0;     // of find_comment_end()
  std::size_t skipped_from_ = 0, skipped_to_ = 0;      // of skip(), from the end of a comment
  std::size_t directive_at_ = 0, has_include_at_ = 0;  // what follows these is known
  bool was_comment_ = false;                           // the directive
};

std::size_t IncludeScanner::find_comment_end(std::size_t from) {
  if (from < comment_from_ || from > comment_end_ || comment_end_ == 0) {
    comment_from_ = from;
    comment_end_ = text_.find("*/", from);
  }
  return comment_end_ == std::string_view::npos ? text_.size() : comment_end_ + 2;
}

// Where the line after a backslash goes on; the backslash itself when its line does not end with it.
std::size_t IncludeScanner::after_splice(std::size_t backslash) const {
  std::size_t at = backslash + 1;
  while (at < text_.size() && is_blank(text_[at]))
    ++at;
  if (at >= text_.size() || !is_line_end(text_[at])) return backslash;
  return text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n' ? at + 2 : at + 1;
}

bool IncludeScanner::skip(std::size_t& at) {
  std::size_t first_comment = 0;
  for (std::size_t skips = 0; at < text_.size();) {
    if (is_blank(text_[at])) {
      ++at;
      continue;
    }
    std::size_t next = at;
    const bool is_comment = text_[at] == '/' && get(at + 1) == '*';
    if (is_comment) next = find_comment_end(at + 2);
    if (text_[at] == '\\') next = after_splice(at);
    if (next == at) break;
    if (++skips > kMaxSkips) return false;
    at = next;
    if (at == skipped_from_) {
      at = skipped_to_;
      return true;
    }
    if (is_comment && first_comment == 0) first_comment = at;
  }
  if (first_comment != 0) {
    skipped_from_ = first_comment;
    skipped_to_ = at;
  }
  return true;
}

// Also one that goes on in the next line.
bool IncludeScanner::take_word(std::size_t& at, std::string_view word) const {
  std::size_t place = at;
  for (const char c : word) {
    for (std::size_t skips = 0; get(place) == '\\' && skips < kMaxSkips; ++skips) {
      const std::size_t next = after_splice(place);
      if (next == place) break;
      place = next;
    }
    if (get(place) != c) return false;
    ++place;
  }
  at = place;
  return true;
}

bool IncludeScanner::take_name(std::size_t at) {
  const char open = get(at);
  if (open != '"' && open != '<') return false;
  const char close = open == '"' ? '"' : '>';
  std::string name;
  for (++at; at < text_.size() && text_[at] != close;) {
    const std::size_t next = text_[at] == '\\' ? after_splice(at) : at;
    if (next != at) {
      at = next;
    } else if (is_line_end(text_[at])) {
      return true;  // no name, and no macro either
    } else {
      name += text_[at++];
    }
    if (name.size() > kMaxName) {
      found_.may_have_more = true;
      return true;
    }
  }
  const auto add = [&](std::string one) {
    if (one.empty() || !known_.insert(one).second) return;
    if (found_.names.size() == kMaxNames) {
      found_.may_have_more = true;
    } else {
      found_.names.push_back(std::move(one));
    }
  };
  // cppcheck makes slashes of backslashes, compilers do not.
  std::string slashed = name;
  std::replace(slashed.begin(), slashed.end(), '\\', '/');
  add(std::move(name));
  add(std::move(slashed));
  return true;
}

void IncludeScanner::directive(std::size_t hash, bool is_comment) {
  std::size_t at = hash + 1;
  if (!skip(at)) {
    found_.may_have_more = true;
    return;
  }
  if (at == directive_at_ && was_comment_ <= is_comment) return;
  directive_at_ = at;
  was_comment_ = is_comment;
  if (!take_word(at, "import")) {
    if (!take_word(at, "include")) return;
    take_word(at, "_next");
  }
  if (is_identifier(get(at))) return;
  if (!skip(at)) {
    found_.may_have_more = true;
  } else if (!take_name(at) && !is_line_end(get(at)) && !is_comment) {
    found_.may_have_more = true;
  }
}

void IncludeScanner::has_include(std::size_t at) {
  take_word(at, "_next");
  if (!skip(at)) found_.may_have_more = true;
  if (get(at) != '(' || at == has_include_at_) return;
  has_include_at_ = at;
  if (!skip(++at) || !take_name(at)) found_.may_have_more = true;
}

// `quote` is that of R"x(...)x".
std::size_t IncludeScanner::raw_string_end(std::size_t quote) const {
  const std::size_t open = text_.find_first_of("( \\)\n\r", quote + 1);
  if (open == std::string_view::npos || text_[open] != '(' || open - quote > 17) return quote + 1;
  std::string close = ")";
  close += text_.substr(quote + 1, open - quote - 1);
  close += '"';
  const std::size_t end = text_.find(close, open);
  return end == std::string_view::npos ? text_.size() : end + close.size();
}

std::size_t IncludeScanner::token_end(std::size_t at, bool& is_comment) {
  const char c = text_[at];
  if (c == '/' && get(at + 1) == '*') {
    is_comment = true;
    return find_comment_end(at + 2);
  }
  if (c == '/' && get(at + 1) == '/') {
    is_comment = true;
    return std::min(text_.find_first_of("\r\n", at), text_.size());
  }
  const bool is_digit_separator = c == '\'' && at > 0 && is_identifier(text_[at - 1]);
  if ((c != '"' && c != '\'') || is_digit_separator) return at + 1;
  if (c == '"' && at > 0 && text_[at - 1] == 'R') return raw_string_end(at);
  for (std::size_t end = at + 1; end < text_.size(); ++end) {
    if (text_[end] == c) return end + 1;
    if (is_line_end(text_[end])) return end;
    if (text_[end] != '\\') continue;
    const std::size_t spliced = after_splice(end);
    end = spliced == end ? end + 1 : spliced - 1;
  }
  return text_.size();
}

IncludeScan IncludeScanner::scan() {
  const std::string_view mark = text_.substr(0, 2);
  found_.may_have_more = mark == "\xff\xfe" || mark == "\xfe\xff";  // UTF-16, which cppcheck reads
  std::size_t hash = text_.find('#');
  for (std::size_t at = 0; hash < text_.size() && !found_.may_have_more;) {
    bool is_comment = false;
    const std::size_t end = token_end(at, is_comment);
    for (; hash < end && !found_.may_have_more; hash = text_.find('#', hash + 1))
      directive(hash, is_comment);
    at = end;
  }
  constexpr std::string_view kHasInclude = "__has_include";
  for (std::size_t at = text_.find(kHasInclude); at < text_.size() && !found_.may_have_more;
       at = text_.find(kHasInclude, at + 1)) {
    has_include(at + kHasInclude.size());
  }
  return std::move(found_);
}

}  // namespace

IncludeScan scan_includes(std::string_view text) {
  return IncludeScanner(text).scan();
}

}  // namespace fleet::analysis
