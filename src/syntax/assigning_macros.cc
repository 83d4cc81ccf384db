#include "syntax/assigning_macros.h"

#include <algorithm>
#include <cstddef>

#include "text/ascii.h"

namespace fleet::syntax {
namespace {

constexpr std::size_t kMostBytesOfDeclaration = 300;
constexpr std::size_t kMostBytesOfCall = 4'000;
constexpr std::size_t kWorkPerByte = 8;

bool is_of_macro_name(char c) {
  return (c >= 'A' && c <= 'Z') || c == '_' || text::is_ascii_digit(c);
}
bool is_of_name(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_';
}

// `const auto x`, `auto [a, b]`, `std::vector<int> x`, `Foo* x`, `Foo &x`; not `x`, `a.b`, `a < b`, `a & b`.
bool is_declaration(std::string_view given) {
  const std::string_view declared = text::trim(given);
  if (declared.ends_with(']')) {
    const std::size_t open = declared.rfind('[');
    if (open == declared.npos) return false;
    const std::string_view type = text::trim(declared.substr(0, open));
    const auto ends = [&](std::string_view word) {
      return type == word || (type.ends_with(word) && !is_of_name(type[type.size() - word.size() - 1]));
    };
    return ends("auto") || ends("auto&") || ends("auto&&") || ends("auto &") || ends("auto &&");
  }
  std::size_t name = declared.size();
  while (name > 0 && is_of_name(declared[name - 1]))
    --name;
  if (name == declared.size() || (declared[name] >= '0' && declared[name] <= '9')) return false;
  const std::string_view before = declared.substr(0, name);
  const std::string_view type = text::trim(before);
  if (type.empty()) return false;
  const char last = type.back();
  if (last == '&' || last == '*') {
    // As an operator it has blanks on both sides, or on none.
    const std::size_t stars = type.find_last_not_of("&*");
    if (stars == type.npos ||
        !(is_of_name(type[stars]) || type[stars] == '>' || text::is_ascii_blank(type[stars])))
      return false;
    return text::is_ascii_blank(type[stars]) != text::is_ascii_blank(before.back());
  }
  return before.size() > type.size() && (is_of_name(last) || last == '>') && type != "return" &&
         type != "new" && type != "not" && type != "throw" && type != "delete";
}

// Reads one source from its start to its end.
class AssigningMacros {
 public:
  explicit AssigningMacros(std::string_view source) : source_(source), work_(kWorkPerByte * source.size()) {}

  std::optional<std::string> read() {
    bool begins_statement = true;
    for (std::size_t at = 0; at < source_.size() && work_ > 0;) {
      const char c = source_[at];
      if (text::is_ascii_blank(c)) {
        ++at;
      } else if (c == '#' && is_first_of_line(at)) {
        at = end_of_directive(at);
      } else if (const std::size_t end = end_of_other(at); end != at) {
        begins_statement = begins_statement && source_[at] == '/';
        at = end;
      } else if (is_of_name(c)) {
        std::size_t end_of_name = at;
        bool is_macro = true;
        for (; end_of_name < source_.size() && is_of_name(source_[end_of_name]); ++end_of_name)
          is_macro = is_macro && is_of_macro_name(source_[end_of_name]);
        if (is_macro && begins_statement && end_of_name - at > 2 && source_.substr(end_of_name, 1) == "(")
          read_call(at, end_of_name);
        begins_statement = false;
        at = end_of_name;
      } else {
        begins_statement = c == ';' || c == '{' || c == '}' || c == ')' || c == ':';
        ++at;
      }
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_first_of_line(std::size_t at) const {
    while (at > 0 && (source_[at - 1] == ' ' || source_[at - 1] == '\t'))
      --at;
    return at == 0 || source_[at - 1] == '\n';
  }
  [[nodiscard]] std::size_t end_of_directive(std::size_t at) const {
    for (;;) {
      at = std::min(source_.find('\n', at), source_.size());
      if (at == source_.size()) return at;
      const bool goes_on =
          source_[at - 1] == '\\' || (at > 1 && source_[at - 1] == '\r' && source_[at - 2] == '\\');
      ++at;
      if (!goes_on) return at;
    }
  }
  // Behind a comment, a string or a character; `at` where none begins.
  std::size_t end_of_other(std::size_t at) {
    const std::string_view rest = source_.substr(at);
    if (rest.starts_with("//")) return std::min(source_.find('\n', at), source_.size());
    if (rest.starts_with("/*")) {
      const std::size_t end = source_.find("*/", at + 2);
      return end == source_.npos ? source_.size() : end + 2;
    }
    const char quote = rest.front();
    if (quote != '"' && quote != '\'') return at;
    // 1'000 is a number.
    if (quote == '\'' && at > 0 && is_of_name(source_[at - 1])) return at;
    if (quote == '"' && at > 0 && source_[at - 1] == 'R') return end_of_raw_string(at);
    for (std::size_t i = at + 1; i < source_.size() && source_[i] != '\n' && work_ > 0; ++i, --work_) {
      if (source_[i] == '\\') {
        ++i;
      } else if (source_[i] == quote) {
        return i + 1;
      }
    }
    return at + 1;
  }

  [[nodiscard]] std::size_t end_of_raw_string(std::size_t at) const {
    const std::size_t open = source_.substr(at, 18).find('(');  // a delimiter has at most 16 characters
    if (open == source_.npos) return at + 1;
    const std::string close = ")" + std::string(source_.substr(at + 1, open - 1)) + "\"";
    const std::size_t end = source_.find(close, at + open);
    return end == source_.npos ? source_.size() : end + close.size();
  }

  // What is at the end of the argument that begins at `at`: the place of a comma or a closing parenthesis;
  // npos: none within so many bytes, or not enough work is left.
  std::size_t end_of_argument(std::size_t at, std::size_t most, bool is_declaration) {
    std::size_t depth = 0;
    const std::size_t limit = std::min(source_.size(), at + most);
    for (std::size_t i = at; i < limit;) {
      if (work_ == 0) return source_.npos;
      --work_;
      const char c = source_[i];
      if (depth == 0 && (c == ',' || c == ')')) return i;
      if (is_declaration && (c == ';' || c == '{' || c == '}' || c == '=')) return source_.npos;
      // `<` counts in declarations only: elsewhere it may be less-than.
      if (c == '(' || c == '[' || c == '{' || (is_declaration && c == '<')) ++depth;
      if (c == ')' || c == ']' || c == '}' || (is_declaration && c == '>')) {
        if (depth == 0) return source_.npos;
        --depth;
      }
      const std::size_t end = end_of_other(i);
      if (end > i + 1) work_ -= std::min(work_, end - i - 1);
      i = std::max(end, i + 1);
    }
    return source_.npos;
  }

  void read_call(std::size_t name, std::size_t open) {
    const std::size_t comma = end_of_argument(open + 1, kMostBytesOfDeclaration, true);
    if (comma == source_.npos || source_[comma] != ',') return;
    if (!is_declaration(source_.substr(open + 1, comma - open - 1))) return;
    const std::size_t value_end = end_of_argument(comma + 1, kMostBytesOfCall, false);
    if (value_end == source_.npos || text::trim(source_.substr(comma + 1, value_end - comma - 1)).empty())
      return;
    std::size_t close = value_end;
    while (close != source_.npos && source_[close] == ',')
      close = end_of_argument(close + 1, kMostBytesOfCall, false);
    if (close == source_.npos) return;
    const std::size_t next = source_.find_first_not_of(" \t\r\n", close + 1);
    if (next == source_.npos || source_[next] != ';') return;
    if (!out_) out_.emplace(source_);
    blank(name, open + 1);
    (*out_)[comma] = '=';
    blank(value_end, close + 1);
  }
  void blank(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if ((*out_)[i] != '\n') (*out_)[i] = ' ';
    }
  }

  std::string_view source_;
  std::size_t work_;
  std::optional<std::string> out_;
};

}  // namespace

std::optional<std::string> assigning_macros_as_declarations(std::string_view source) {
  return AssigningMacros(source).read();
}

}  // namespace fleet::syntax
