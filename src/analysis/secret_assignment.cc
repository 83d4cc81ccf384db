#include "analysis/secret_assignment.h"

#include <algorithm>
#include <optional>
#include <string>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kLongestSecretName = 64;  // on either side of the keyword
constexpr std::size_t kLongestSecretGap = 64;
constexpr std::size_t kLongestSecretValue = 2048;

bool is_secret_name_byte(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == '-' || c == '.';
}
bool is_value_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

// Reads forward over a text; at its end it sees NULs.
class AssignmentCursor {
 public:
  AssignmentCursor(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  [[nodiscard]] std::size_t place() const { return at_; }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] char before() const { return at_ > 0 ? text_[at_ - 1] : '\0'; }
  void skip(std::size_t count = 1) { at_ = std::min(at_ + count, text_.size()); }
  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  // How many bytes of at most kLongestSecretGap were passed over.
  template <class Is>
  std::size_t skip_while(Is is, std::size_t most = kLongestSecretGap) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && at_ - begin < most && is(text_[at_]))
      ++at_;
    return at_ - begin;
  }
  std::size_t skip_blanks() {
    return skip_while([](char c) { return c == ' ' || c == '\t'; });
  }
  void go_to(std::size_t place) { at_ = place; }

 private:
  std::string_view text_;
  std::size_t at_;
};

// Between name and value.
struct AssignmentJoint {
  bool is_tight_equals = false;  // `NAME=`: what follows the value may be a command
  bool needs_quote = false;
  bool is_element = false;   // `<name>`
  bool is_argument = false;  // `"name", "value"`
};

// `: &str =`, ` string =`: a type between name and value.
bool skip_type(AssignmentCursor& cursor) {
  const std::size_t begin = cursor.place();
  cursor.skip_blanks();
  const std::size_t size = cursor.skip_while([](char c) {
    return is_secret_name_byte(c) || std::string_view("&<>[]*?|' ").find(c) != std::string_view::npos;
  });
  // Nor is `c2VjcmV0=` a type: it is the value.
  const bool is_apart = size > 0 && (cursor.before() == ' ' || is_value_quote(cursor.peek(1)));
  if (is_apart && cursor.peek() == '=' && cursor.peek(1) != '=' && cursor.peek(1) != '>') {
    cursor.skip();
    return true;
  }
  cursor.go_to(begin);
  return false;
}

// `value="x"`, behind the name, also on the next line of YAML.
bool skip_value_key(AssignmentCursor& cursor) {
  const std::size_t begin = cursor.place();
  cursor.skip_while([](char c) { return text::is_ascii_blank(c) || c == ','; });
  const bool quoted = cursor.take("\"");
  if (cursor.take("value") || cursor.take("Value")) {
    if (quoted) cursor.take("\"");
    cursor.skip_blanks();
    if (cursor.take("=") || cursor.take(":")) return true;
  }
  cursor.go_to(begin);
  return false;
}

// `, type=str, default="x"`: among further arguments.
bool skip_to_default(AssignmentCursor& cursor) {
  const std::size_t begin = cursor.place();
  do {
    cursor.skip();
    cursor.skip_while([](char c) { return text::is_ascii_blank(c); });
    if (cursor.take("default=") || cursor.take("default =")) return true;
    cursor.skip_while(
        [](char c) { return is_secret_name_byte(c) || c == '=' || c == ' ' || is_value_quote(c); });
  } while (cursor.peek() == ',' && cursor.place() - begin < 2 * kLongestSecretGap);
  cursor.go_to(begin);
  return false;
}

// `</name><value>`: behind a name that is the text of an element, as lists of properties have it.
bool skip_to_next_element(AssignmentCursor& cursor) {
  const std::size_t begin = cursor.place();
  const auto skip_name = [&] { return cursor.skip_while(is_secret_name_byte) > 0 && cursor.take(">"); };
  if (cursor.take("</") && skip_name()) {
    cursor.skip_while(text::is_ascii_blank);
    if (cursor.take("<") && skip_name()) return true;
  }
  cursor.go_to(begin);
  return false;
}

// `encoding="base64">`: of an element whose tag the name is.
void skip_encoding(AssignmentCursor& cursor) {
  const std::size_t begin = cursor.place();
  const bool is_one = cursor.take("encoding=") || cursor.take("type=");
  cursor.skip_while([](char c) { return is_secret_name_byte(c) || is_value_quote(c); });
  if (!is_one || cursor.peek() != '>') cursor.go_to(begin);
}

// What stands before the name.
struct AssignmentStart {
  bool is_command_word = false;   // `--password x`, `ENV PASSWORD x`: a blank is enough between the two
  bool is_tag = false;            // `<password>x`
  bool is_named_element = false;  // `<string name="password">x`
  bool is_default = false;        // `${PASSWORD:x}`
  bool is_tuple = false;          // `{password, "x"}`
  char quote = '\0';              // `"password: x"`
};

AssignmentStart read_assignment_start(std::string_view text, std::size_t head, bool is_flag) {
  const std::string_view before = text.substr(0, head);
  AssignmentStart start;
  const bool is_env = before.ends_with("ENV ") && (before.size() == 4 || before[before.size() - 5] == '\n');
  start.is_command_word = is_flag || is_env;
  start.is_tag = before.ends_with('<');
  start.is_named_element = before.ends_with("name=\"") || before.ends_with("key=\"");
  start.is_default = before.ends_with("${");
  start.is_tuple = before.ends_with('{');
  if (!before.empty() && is_value_quote(before.back())) start.quote = before.back();
  return start;
}

std::optional<AssignmentJoint> read_assignment_joint(AssignmentCursor& cursor, const AssignmentStart& start) {
  AssignmentJoint joint;
  if (cursor.peek() == '[') {  // `char password[32] =`
    const std::size_t begin = cursor.place();
    cursor.skip();
    cursor.skip_while([](char c) { return is_secret_name_byte(c); });
    if (!cursor.take("]") || is_value_quote(cursor.peek())) cursor.go_to(begin);
  }
  const bool was_quoted =
      cursor.skip_while([](char c) { return is_value_quote(c) || c == ']' || c == '\\'; }, 4) > 0;
  const std::size_t blanks = cursor.skip_blanks();
  if (blanks > 0 && start.is_tag) skip_encoding(cursor);
  const char next = cursor.peek();
  const char second = cursor.peek(1);
  switch (next) {
    case '=':
      joint.is_tight_equals = blanks == 0 && second != ' ' && second != '=' && second != '>';
      cursor.skip();
      if (cursor.peek() == '=') cursor.skip();
      if (cursor.peek() == '=' || cursor.peek() == '>' || cursor.peek() == '~') cursor.skip();
      return joint;
    case ':':
      if (second == ':') return std::nullopt;
      cursor.skip();
      if (second == '=' || second == '-') {
        cursor.skip();
      } else {
        joint.needs_quote = skip_type(cursor);
      }
      return joint;
    case ',':
      if (!was_quoted && !start.is_tuple) return std::nullopt;
      if (skip_value_key(cursor)) return joint;
      if (was_quoted && skip_to_default(cursor)) {
        joint.needs_quote = true;
        return joint;
      }
      cursor.skip();
      joint.needs_quote = true;
      joint.is_argument = !start.is_tuple;
      return joint;
    case '<':
      if (second == '-') {  // R
        cursor.skip(2);
        joint.needs_quote = true;
        return joint;
      }
      if (!skip_to_next_element(cursor)) return std::nullopt;
      joint.is_element = true;
      return joint;
    case '(':
      cursor.skip();
      joint.needs_quote = true;
      return joint;
    case ')':  // `getenv("PASSWORD") || "x"`
    case '|':
    case '?':
      if (next == ')') cursor.skip();
      cursor.skip_blanks();
      joint.needs_quote = true;
      if (cursor.take("||") || cursor.take("??") || cursor.take("?:") || cursor.take("or ")) return joint;
      if (cursor.take("?=") || cursor.take("||=")) {
        joint.needs_quote = false;
        return joint;
      }
      return std::nullopt;
    case '>':
      if (!start.is_tag && !(start.is_named_element && was_quoted)) return std::nullopt;
      cursor.skip();
      cursor.skip_while(text::is_ascii_blank);
      cursor.take("<value>");
      joint.is_element = true;
      return joint;
    default:
      break;
  }
  if (was_quoted && skip_value_key(cursor)) return joint;
  if (blanks > 0 && start.is_command_word && next != '-' && next != '\0' && next != '\n' && next != '$') {
    joint.is_tight_equals = true;
    return joint;
  }
  joint.needs_quote = true;
  // Prose has code in back quotes: "pass `usedforsecurity=False`".
  if (blanks > 0 && is_value_quote(next) && next != '`' && !was_quoted) return joint;
  if (blanks > 0 && !was_quoted && (skip_type(cursor) || cursor.take("or "))) return joint;
  if (next == '\n' && skip_value_key(cursor)) return AssignmentJoint{};
  return std::nullopt;
}

// `String::from(`, `b`, `@`: what may stand between the joint and the quote.
void skip_wrapper(AssignmentCursor& cursor) {
  cursor.take("[]byte(");
  const std::size_t begin = cursor.place();
  if (is_value_quote(cursor.peek())) return;
  if (cursor.peek() == '\\' && is_value_quote(cursor.peek(1))) return;
  const std::size_t size = cursor.skip_while(
      [](char c) {
        return is_secret_name_byte(c) || c == ':' || c == '@' || c == '$' || c == '&' || c == ' ';
      },
      40);
  if (is_value_quote(cursor.peek()) && size <= 2) return;
  if (cursor.peek() == '(' && is_value_quote(cursor.peek(1))) {
    // Only those that pass the text on: not `getenv(`, `t(`.
    std::size_t word = cursor.place();
    AssignmentCursor back(cursor);
    std::string name;
    while (word > begin) {
      back.go_to(--word);
      if (!text::is_ascii_letter(back.peek())) break;
      name.insert(name.begin(), text::to_ascii_lower(back.peek()));
    }
    for (const std::string_view known :
         {"from", "string", "str", "some", "secretstr", "secretstring", "bytes", "buffer", "text", "atob",
          "just", "of", "literal", "secret", "password"}) {
      if (name == known) return cursor.skip();
    }
  }
  cursor.go_to(begin);
}

void read_quoted(std::string_view text, std::size_t begin, SecretAssignment& into) {
  const char quote = text[begin];
  const std::size_t limit = std::min(text.size(), begin + kLongestSecretValue);
  std::size_t at = begin + 1;
  if (quote != '`' && text.substr(begin, 3) == std::string(3, quote)) at += 2;
  into.begin = at;
  into.is_quoted = true;
  while (at < limit && text[at] != quote && text[at] != '\n') {
    if (text[at] == '\\' && at + 1 < limit && text[at + 1] != '\n') ++at;
    ++at;
  }
  into.end = std::min(at, limit);
}

void read_unquoted(std::string_view text, std::size_t begin, bool is_tight, SecretAssignment& into) {
  const std::size_t limit = std::min(text.size(), begin + kLongestSecretValue);
  std::size_t at = begin;
  while (at < limit && !text::is_ascii_blank(text[at]) &&
         std::string_view("\"'`,;)<>}]|&\\").find(text[at]) == std::string_view::npos && text[at] != '\0')
    ++at;
  into.begin = begin;
  into.end = at;
  into.is_sole = true;
  if (is_tight) return;
  while (at < limit && (text[at] == ' ' || text[at] == '\t'))
    ++at;
  into.is_sole = at >= limit || text[at] == '\n' || text[at] == '\r' || text[at] == '#' || text[at] == ',' ||
                 text[at] == ';' || text[at] == '}' || text[at] == '<' || text[at] == '\\';
}

// `setenv("name", "value", 1)`: the value is the last argument that is a text. In a list or an object what
// stands behind a name has nothing to do with it.
bool ends_a_call(std::string_view text, std::size_t quote) {
  AssignmentCursor cursor(text, quote + 1);
  cursor.skip_blanks();
  if (cursor.peek() == ')') return true;
  if (!cursor.take(",")) return false;
  cursor.skip_blanks();
  return text::is_ascii_digit(cursor.peek()) || cursor.peek() == 't' || cursor.peek() == 'f';
}

}  // namespace

std::optional<SecretAssignment> read_secret_assignment(std::string_view text, std::size_t begin,
                                                       std::size_t end) {
  SecretAssignment assignment;
  std::size_t head = begin;
  while (head > 0 && begin - head < kLongestSecretName && is_secret_name_byte(text[head - 1]))
    --head;
  assignment.head = text.substr(head, begin - head);
  AssignmentCursor cursor(text, end);
  cursor.skip_while(is_secret_name_byte, kLongestSecretName);
  assignment.tail = text.substr(end, cursor.place() - end);

  const AssignmentStart start = read_assignment_start(text, head, assignment.head.starts_with("-"));
  const auto joint = read_assignment_joint(cursor, start);
  if (!joint) return std::nullopt;
  if (joint->is_element) {
    const std::size_t close =
        text.substr(0, std::min(text.size(), cursor.place() + kLongestSecretValue)).find('<', cursor.place());
    if (close == std::string_view::npos) return std::nullopt;
    assignment.begin = cursor.place();
    assignment.end = close;
    assignment.is_quoted = true;
    return assignment;
  }
  cursor.skip_blanks();
  if (cursor.peek() == '\n' || cursor.peek() == '\r') {
    // A quoted value may stand on the next line, another may not: that is something else.
    cursor.skip_while(text::is_ascii_blank);
    if (!is_value_quote(cursor.peek())) return std::nullopt;
  }
  skip_wrapper(cursor);
  const std::size_t at = cursor.place();
  if (is_value_quote(cursor.peek())) {
    read_quoted(text, at, assignment);
  } else if (cursor.peek() == '\\' && is_value_quote(cursor.peek(1))) {
    const std::string_view closing = text.substr(at, 2);
    const std::string_view rest = text.substr(at + 2, kLongestSecretValue);
    assignment.begin = at + 2;
    assignment.end = at + 2 + std::min(rest.find(closing), rest.find('\n'));
    if (assignment.end < assignment.begin || assignment.end > text.size()) return std::nullopt;
    assignment.is_quoted = true;
  } else if (!joint->needs_quote) {
    read_unquoted(text, at, joint->is_tight_equals, assignment);
    assignment.is_parameter =
        joint->is_tight_equals && head > 0 && (text[head - 1] == '?' || text[head - 1] == '&');
    const char after = assignment.end < text.size() ? text[assignment.end] : '\0';
    // One literal holds name and value, or a reference to a variable holds what it falls back to.
    assignment.is_quoted = after != '\0' && ((start.quote == after && !is_value_quote(text[at])) ||
                                             (start.is_default && after == '}'));
  }
  if (assignment.end <= assignment.begin) return std::nullopt;
  if (joint->is_argument && !ends_a_call(text, assignment.end)) return std::nullopt;
  return assignment;
}

}  // namespace fleet::analysis
