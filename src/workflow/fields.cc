#include "workflow/fields.h"

#include <charconv>
#include <cmath>
#include <unordered_set>

namespace fleet::workflow {
namespace {

void say_expected(Reader& reader, yaml::Node node, std::string_view expected, std::string suggestion = {}) {
  reader.problems.add(node, fmt::format("expected {}, found {}", expected, yaml::found_instead(node)),
                      std::move(suggestion));
}

// Digits of hexadecimal or octal, whatever their number.
std::optional<double> parse_digits(std::string_view digits, int base) {
  double value = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = 0;
    if (std::from_chars(digits.data() + i, digits.data() + i + 1, digit, base).ec != std::errc{})
      return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with("0x")) return parse_digits(text.substr(2), 16);
  if (text.starts_with("0o")) return parse_digits(text.substr(2), 8);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The number that is meant, where it is written in quotes or with a unit.
std::string write_number(yaml::Node node) {
  const auto meant = number_meant(node.text());
  return meant ? fmt::format("write `{}`", *meant) : std::string();
}

template <class Number>
void say_out_of_range(Reader& reader, yaml::Node node, double value, Number least, Number most) {
  reader.problems.add(node, fmt::format("{} is not between {} and {}", quote(node.text()), least, most),
                      value < static_cast<double>(least) ? fmt::format("write at least `{}`", least)
                                                         : fmt::format("write at most `{}`", most));
}

}  // namespace

std::optional<yaml::Entry> find(yaml::Node mapping, std::string_view key) {
  for (const yaml::Entry entry : mapping.entries()) {
    if (entry.key.text() == key) return entry;
  }
  return std::nullopt;
}

bool has_expression(std::string_view text) {
  return text.find("${{") != std::string_view::npos;
}

void note_expressions(Reader& reader, yaml::Node node, Scope scope) {
  if (!has_expression(node.text())) return;
  if (scope == Scope::none) {
    reader.problems.add_within(node, node.text().find("${{"), 3, "expressions are not known here",
                               "write the value itself");
  } else {
    reader.expressions.push_back({node, reader.task, scope});
  }
}

std::optional<double> number_of(yaml::Node node) {
  if (node.kind() != yaml::Kind::integer && node.kind() != yaml::Kind::real) return std::nullopt;
  const auto value = parse_number(node.text());
  return value && std::isfinite(*value) ? value : std::nullopt;
}

bool expect_mapping(Reader& reader, yaml::Node node, std::string_view expected, std::string suggestion) {
  return yaml::expect_mapping(reader.problems, node, expected, std::move(suggestion));
}

bool expect_scalar(Reader& reader, yaml::Node node, std::string_view expected) {
  if (!node.is_scalar()) {
    say_expected(reader, node, expected);
    return false;
  }
  if (node.text().find('\0') != std::string_view::npos) {
    reader.problems.add(node, "a NUL character cannot be passed on", "remove `\\0`");
    return false;
  }
  // JSON knows none, so neither does the schema.
  const bool is_number = node.kind() == yaml::Kind::integer || node.kind() == yaml::Kind::real;
  if (is_number && !number_of(node)) {
    reader.problems.add(node, fmt::format("{} is a number without end, or none", quote(node.text())),
                        "if it is text, write it in quotes");
    return false;
  }
  return true;
}

std::string read_verbatim(Reader& reader, yaml::Node node) {
  return expect_scalar(reader, node, "text") ? std::string(node.text()) : std::string();
}

std::string read_value(Reader& reader, yaml::Node node, Scope scope) {
  if (!expect_scalar(reader, node, "text")) return {};
  note_expressions(reader, node, scope);
  return std::string(node.text());
}

std::string read_text(Reader& reader, yaml::Node node, Scope scope) {
  if (!expect_scalar(reader, node, "text")) return {};
  note_expressions(reader, node, scope);
  if (node.text().find_first_not_of(" \t\n\r") == std::string_view::npos)
    reader.problems.add(node, "the text is empty");
  return std::string(node.text());
}

std::string read_line(Reader& reader, yaml::Node node, Scope scope) {
  std::string text = read_text(reader, node, scope);
  if (text.find('\n') != std::string::npos) {
    reader.problems.add(node, "this text must be one line", "use `description` for more, or quotes");
  }
  return text;
}

std::optional<int> read_integer(Reader& reader, yaml::Node node, int least, int most) {
  const auto value = number_of(node);
  if (!value || *value != std::trunc(*value)) {
    say_expected(reader, node, "a whole number", value ? "" : write_number(node));
  } else if (*value < least || *value > most) {
    say_out_of_range(reader, node, *value, least, most);
  } else {
    return static_cast<int>(*value);
  }
  return std::nullopt;
}

std::optional<double> read_number(Reader& reader, yaml::Node node, double least, double most) {
  const auto value = number_of(node);
  if (!value) {
    say_expected(reader, node, "a number", write_number(node));
  } else if (*value < least || *value > most) {
    say_out_of_range(reader, node, *value, least, most);
  } else {
    return value;
  }
  return std::nullopt;
}

std::optional<bool> read_boolean(Reader& reader, yaml::Node node) {
  if (node.kind() == yaml::Kind::boolean) return node.text()[0] == 't' || node.text()[0] == 'T';
  say_expected(reader, node, "true or false");
  return std::nullopt;
}

std::optional<Duration> read_duration(Reader& reader, yaml::Node node) {
  constexpr std::string_view kExpected = "a duration such as `90s`, `10m` or `1h30m`";
  if (!expect_scalar(reader, node, kExpected)) return std::nullopt;
  const auto duration = base::parse_duration(node.text());
  if (duration && duration->count() > 0) return duration;
  const auto number = number_of(node);
  const auto meant = duration_meant(node.text());
  if (duration) {
    reader.problems.add(node, "a duration must be longer than nothing");
  } else {
    std::string suggestion;
    if (number && *number > 0)
      suggestion = fmt::format("write `{0}s` for seconds, `{0}m` for minutes", *number);
    if (meant) suggestion = fmt::format("write `{}`", *meant);
    say_expected(reader, node, kExpected, std::move(suggestion));
  }
  return std::nullopt;
}

std::optional<double> read_share(Reader& reader, yaml::Node node) {
  constexpr std::string_view kExpected = "a share such as `30%`";
  if (!expect_scalar(reader, node, kExpected)) return std::nullopt;
  const std::string_view text = node.text();
  const std::string_view number = text.substr(0, text.find('%'));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  double percent = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), percent, std::chars_format::fixed);
  const bool is_number = error == std::errc{} && end == number.data() + number.size() &&
                         is_digit(number.front()) && is_digit(number.back());
  if (!is_number || number.size() + 1 < text.size()) {
    say_expected(reader, node, kExpected);
  } else if (number.size() == text.size()) {
    say_expected(reader, node, kExpected, fmt::format("write `{}%`", percent <= 1 ? percent * 100 : percent));
  } else if (percent > 100) {
    reader.problems.add(node, fmt::format("{} is more than 100%", quote(text)));
  } else {
    return percent / 100;
  }
  return std::nullopt;
}

std::vector<yaml::Node> read_list(Reader& reader, yaml::Node node, std::string_view expected) {
  std::vector<yaml::Node> list;
  std::unordered_set<std::string_view> seen;
  const auto take = [&](yaml::Node item) {
    if (!expect_scalar(reader, item, "text")) return;
    if (item.text().empty()) {
      reader.problems.add(item, "the text is empty");
    } else if (!seen.insert(item.text()).second) {
      reader.problems.add(item, fmt::format("{} is here twice", quote(item.text())), "remove one");
    } else {
      list.push_back(item);
    }
  };
  if (node.is_scalar()) {
    take(node);
  } else if (node.is_sequence()) {
    for (const yaml::Node item : node.items())
      take(item);
  } else {
    say_expected(reader, node, expected);
  }
  return list;
}

bool has_misspelt(const UnknownKeys& unknown, std::string_view key) {
  return std::any_of(unknown.begin(), unknown.end(), [key](std::string_view written) {
    return text::suggest(written, std::array{key}).has_value();
  });
}

}  // namespace fleet::workflow
