#include <fmt/format.h>

#include <optional>

#include "dependencies/toml_tables.h"
#include "dependencies/value.h"
#include "text/ascii.h"
#include "text/utf8.h"

// The library that Debian 12 has for TOML (toml++ 3.3) overflows the stack on a key of some hundred thousand
// parts, and a lock file may come from anybody.
namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostTomlDepth = 64;  // of arrays and inline tables

bool is_bare(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == '-';
}

bool is_hex(char c) {
  return text::is_ascii_digit(c) || (text::to_ascii_lower(c) >= 'a' && text::to_ascii_lower(c) <= 'f');
}

// RFC 3629; `value` is a Unicode scalar value.
void append_utf8(std::string& out, std::uint32_t value) {
  const auto append = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto follow = [&](int shift) { append(0x80 | ((value >> shift) & 0x3f)); };
  if (value < 0x80) {
    append(value);
  } else if (value < 0x800) {
    append(0xc0 | (value >> 6));
    follow(0);
  } else if (value < 0x10000) {
    append(0xe0 | (value >> 12));
    follow(6);
    follow(0);
  } else {
    append(0xf0 | (value >> 18));
    follow(12);
    follow(6);
    follow(0);
  }
}

// Digits with single underscores between them.
template <class IsDigit>
bool are_digits(std::string_view text, IsDigit is_digit) {
  bool after_digit = false;
  for (const char c : text) {
    if (c == '_' ? !after_digit : !is_digit(c)) return false;
    after_digit = c != '_';
  }
  return after_digit;
}

bool are_decimals(std::string_view text) {
  return are_digits(text, [](char c) { return text::is_ascii_digit(c); });
}

bool is_whole(std::string_view text) {
  return are_decimals(text) && (text.size() == 1 || text.front() != '0');
}

bool is_number(std::string_view text) {
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  if (!has_sign && text.size() > 2 && text.front() == '0') {
    const std::string_view digits = text.substr(2);
    if (text[1] == 'x') return are_digits(digits, is_hex);
    if (text[1] == 'o') return are_digits(digits, [](char c) { return c >= '0' && c <= '7'; });
    if (text[1] == 'b') return are_digits(digits, [](char c) { return c == '0' || c == '1'; });
  }
  if (has_sign) text.remove_prefix(1);
  if (text == "inf" || text == "nan") return true;
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
    if (!are_decimals(power)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return is_whole(text);
  return is_whole(text.substr(0, point)) && are_decimals(text.substr(point + 1));
}

// `0` stands for a digit.
bool has_shape(std::string_view& text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !text::is_ascii_digit(text[i]) : text[i] != shape[i]) return false;
  }
  text.remove_prefix(shape.size());
  return true;
}

bool is_time(std::string_view& text) {
  if (!has_shape(text, "00:00:00")) return false;
  if (!text.starts_with('.')) return true;
  const std::size_t end = text.find_first_not_of("0123456789", 1);
  if (end == 1 || text.size() == 1) return false;
  text.remove_prefix(std::min(end, text.size()));
  return true;
}

bool is_date_or_time(std::string_view text) {
  if (!has_shape(text, "0000-00-00")) return is_time(text) && text.empty();
  if (text.empty()) return true;
  if (text.front() != 'T' && text.front() != 't' && text.front() != ' ') return false;
  text.remove_prefix(1);
  if (!is_time(text)) return false;
  return text.empty() || text == "Z" || text == "z" ||
         ((has_shape(text, "+00:00") || has_shape(text, "-00:00")) && text.empty());
}

class TomlParser {
 public:
  TomlParser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  ReadValue read() {
    if (text_.size() > kMostBytes) {
      fail(fmt::format("it is larger than {} MB", kMostBytes >> 20));
    } else if (!text::is_valid_utf8(text_)) {
      fail("it is not UTF-8");
    } else {
      if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
      while (why_.empty() && at_ < text_.size())
        read_line();
    }
    if (!why_.empty()) return tl::make_unexpected(unreadable(path_, line_, why_));
    return tables_.take();
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
  bool fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return false;
  }
  bool expect(char c) {
    if (peek() != c) return fail(fmt::format("`{}` is expected", c));
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t')
      ++at_;
  }
  // Past the end of a line, with a comment before it.
  bool end_line() {
    skip_blanks();
    if (peek() == '#') {
      while (at_ < text_.size() && text_[at_] != '\n' && !starts("\r\n")) {
        if (is_control(text_[at_])) return fail("a control character stands in a comment");
        ++at_;
      }
    }
    if (at_ >= text_.size()) return true;
    if (starts("\r\n")) ++at_;
    if (peek() != '\n') return fail("something stands where the line should end");
    ++at_;
    ++line_;
    return true;
  }
  static bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

  void read_line() {
    skip_blanks();
    if (peek() == '[') {
      read_header();
    } else if (at_ < text_.size() && peek() != '#' && peek() != '\n' && !starts("\r\n")) {
      if (read_pair(table_)) end_line();
    } else {
      end_line();
    }
  }

  void read_header() {
    const bool is_item = starts("[[");
    at_ += is_item ? 2 : 1;
    std::vector<std::string> key;
    if (!read_key(key) || !expect(']') || (is_item && !expect(']'))) return;
    const std::string wrong =
        is_item ? tables_.open_item(key, line_, table_) : tables_.open_table(key, line_, table_);
    if (!wrong.empty()) {
      fail(wrong);
      return;
    }
    end_line();
  }

  bool read_key(std::vector<std::string>& key) {
    do {
      skip_blanks();
      std::string part;
      if (peek() == '"' || peek() == '\'') {
        if (!read_string(part, false)) return false;
      } else {
        while (is_bare(peek()))
          part += text_[at_++];
        if (part.empty()) return fail("a key is expected");
      }
      key.push_back(std::move(part));
      if (key.size() > TomlTables::kMostKeyParts) {
        return fail(fmt::format("a key has more than {} parts", TomlTables::kMostKeyParts));
      }
      skip_blanks();
    } while (peek() == '.' && ++at_ > 0);
    return true;
  }

  bool read_pair(TomlTables::Id table) {
    const std::uint32_t line = line_;
    std::vector<std::string> key;
    if (!read_key(key) || !expect('=')) return false;
    const auto value = read_value();
    if (!value) return false;
    std::string wrong = tables_.put(table, key, *value, line);
    return wrong.empty() || fail(std::move(wrong));
  }

  std::optional<TomlTables::Id> read_value() {
    skip_blanks();
    if (tables_.size() > kMostValues) {
      fail(fmt::format("it holds more than {} values", kMostValues));
      return std::nullopt;
    }
    if (peek() == '[' || peek() == '{') {
      if (++depth_ > kMostTomlDepth) {
        fail(fmt::format("it is nested deeper than {}", kMostTomlDepth));
        return std::nullopt;
      }
      const auto value = peek() == '[' ? read_array() : read_inline_table();
      --depth_;
      return value;
    }
    const std::uint32_t line = line_;
    std::string text;
    Value::Kind kind = Value::Kind::string;
    if (peek() == '"' || peek() == '\'') {
      if (!read_string(text, true)) return std::nullopt;
    } else if (!read_plain(text, kind)) {
      return std::nullopt;
    }
    const TomlTables::Id value = tables_.add(kind, line);
    tables_.set_text(value, std::move(text));
    return value;
  }

  bool read_plain(std::string& text, Value::Kind& kind) {
    const std::size_t start = at_;
    const auto take = [&] {
      while (is_bare(peek()) || peek() == '+' || peek() == '.' || peek() == ':')
        ++at_;
    };
    take();
    // A date may be parted from its time by a blank.
    if (at_ - start == 10 && peek() == ' ' && text::is_ascii_digit(peek(1)) && text_[start + 4] == '-') {
      ++at_;
      take();
    }
    text = text_.substr(start, at_ - start);
    if (text == "true" || text == "false") {
      kind = Value::Kind::boolean;
    } else if (is_number(text)) {
      kind = Value::Kind::number;
    } else if (!is_date_or_time(text)) {
      return fail(text.empty() ? "a value is expected" : "this is no value; a text has quotes");
    }
    return true;
  }

  std::optional<TomlTables::Id> read_array() {
    const TomlTables::Id list = tables_.add(Value::Kind::list, line_);
    ++at_;
    while (true) {
      if (!skip_lines()) return std::nullopt;
      if (peek() == ']') break;
      const auto item = read_value();
      if (!item) return std::nullopt;
      tables_.push(list, *item);
      if (!skip_lines()) return std::nullopt;
      if (peek() == ']') break;
      if (!expect(',')) return std::nullopt;
    }
    ++at_;
    tables_.close(list);
    return list;
  }
  bool skip_lines() {
    skip_blanks();
    while (peek() == '\n' || peek() == '#' || starts("\r\n")) {
      if (!end_line()) return false;
      skip_blanks();
    }
    return true;
  }

  std::optional<TomlTables::Id> read_inline_table() {
    const TomlTables::Id table = tables_.add(Value::Kind::object, line_);
    ++at_;
    skip_blanks();
    if (peek() != '}') {
      while (true) {
        if (!read_pair(table)) return std::nullopt;
        skip_blanks();
        if (peek() == '}') break;
        if (!expect(',')) return std::nullopt;
      }
    }
    ++at_;
    tables_.close(table);
    return table;
  }

  bool read_string(std::string& out, bool may_have_lines) {
    const char quote = peek();
    const std::string triple(3, quote);
    const bool has_lines = may_have_lines && starts(triple);
    at_ += has_lines ? 3 : 1;
    if (has_lines) {
      if (starts("\r\n")) ++at_;
      if (peek() == '\n') {
        ++at_;
        ++line_;
      }
    }
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && !has_lines) {
        ++at_;
        return true;
      }
      if (has_lines && starts(triple)) {
        // Up to two quotes may stand before the three that end it.
        for (int more = 0; more < 2 && peek(3) == quote; ++more, ++at_)
          out += quote;
        at_ += 3;
        return true;
      }
      if (c == '\\' && quote == '"') {
        if (!read_escape(out, has_lines)) return false;
        continue;
      }
      if (has_lines && (c == '\n' || starts("\r\n"))) {
        if (c == '\r') out += text_[at_++];
        ++line_;
      } else if (is_control(c)) {
        return fail("a control character stands in a text, or the text does not end in its line");
      }
      out += text_[at_++];
    }
    return fail("a text does not end");
  }

  bool read_escape(std::string& out, bool has_lines) {
    static constexpr std::string_view kLetters = "btnfr\"\\";
    static constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
    const char c = peek(1);
    if (const std::size_t which = kLetters.find(c); which != std::string_view::npos && c != '\0') {
      out += kMeanings[which];
      at_ += 2;
      return true;
    }
    if (c == 'u' || c == 'U') return read_codepoint(out, c == 'u' ? 4 : 8);
    ++at_;
    if (has_lines) {  // at the end of a line: without the blanks and lines that follow
      const std::size_t start = at_;
      skip_blanks();
      if (peek() == '\n' || starts("\r\n")) {
        while (text::is_ascii_blank(peek())) {
          if (peek() == '\r' && peek(1) != '\n') break;
          if (peek() == '\n') ++line_;
          ++at_;
        }
        return true;
      }
      at_ = start;
    }
    return fail("a backslash stands before what it cannot escape");
  }

  bool read_codepoint(std::string& out, std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 2; i < 2 + digits; ++i) {
      const char c = text::to_ascii_lower(peek(i));
      if (!is_hex(c)) return fail("an escape has too few hexadecimal digits");
      value = value * 16 + static_cast<std::uint32_t>(text::is_ascii_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return fail("an escape is no character");
    append_utf8(out, value);
    at_ += 2 + digits;
    return true;
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0, depth_ = 0;
  std::uint32_t line_ = 1;
  std::string why_;
  TomlTables tables_;
  TomlTables::Id table_ = TomlTables::kRoot;
};

}  // namespace

ReadValue read_toml(std::string_view bytes, const std::string& path) {
  return TomlParser(bytes, path).read();
}

}  // namespace fleet::dependencies
