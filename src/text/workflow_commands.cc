#include "text/workflow_commands.h"

#include <fmt/format.h>

#include <initializer_list>

#include "text/ascii.h"

namespace fleet::text {
namespace {

// The runner compares text by the rules of a culture, which pass over many characters that cannot be seen. So
// everything but visible ASCII and blanks counts as one that might be.
bool may_be_ignored(char c) {
  return (c < ' ' && c != '\t') || c >= '\x7f';  // char may be signed: then bytes above 0x7f are below ' '
}
bool may_be_ignored_or_blank(char c) {
  return may_be_ignored(c) || c == ' ' || c == '\t';
}

template <class Skip>
std::size_t skip_while(std::string_view text, std::size_t at, Skip skip) {
  while (at < text.size() && skip(text[at]))
    ++at;
  return at;
}

// Whether `marks` stand at `at`, apart from what may be ignored between them.
bool has_marks(std::string_view text, std::size_t at, std::initializer_list<char> marks) {
  for (const char mark : marks) {
    at = skip_while(text, at, may_be_ignored);
    if (at >= text.size() || to_ascii_lower(text[at]) != mark) return false;
    ++at;
  }
  return true;
}

void defuse_line(std::string_view line, std::string& out) {
  const std::size_t first = skip_while(line, 0, may_be_ignored_or_blank);
  for (std::size_t i = 0; i < line.size(); ++i) {
    out += line[i];
    const bool starts_command = (i == first && line[i] == ':' && has_marks(line, i, {':', ':'})) ||
                                (line[i] == '#' && (has_marks(line, i, {'#', '#', '['}) ||
                                                    has_marks(line, i, {'#', '#', 'v', 's', 'o', '['})));
    if (starts_command) out += ' ';
  }
}

std::string escape(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string defuse_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    defuse_line(text.substr(0, end), out);
    if (end == std::string_view::npos) break;
    out += text[end];
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string workflow_command(std::string_view name,
                             const std::vector<std::pair<std::string, std::string>>& properties,
                             std::string_view data) {
  std::string out = fmt::format("::{}", name);
  char separator = ' ';
  for (const auto& [key, value] : properties) {
    out += fmt::format("{}{}={}", separator, key, escape(value, "%\r\n:,"));
    separator = ',';
  }
  return out + "::" + escape(data, "%\r\n");
}

}  // namespace fleet::text
