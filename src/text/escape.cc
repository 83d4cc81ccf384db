#include "text/escape.h"

namespace fleet::text {
namespace {

bool is_between(char c, char first, char last) {
  return c >= first && c <= last;
}

}  // namespace

EscapeSequence escape_sequence(std::string_view bytes) {
  constexpr EscapeSequence kNone{};
  const EscapeSequence out_of_bytes{0, bytes.size() < kMaxEscapeSequence};
  bytes = bytes.substr(0, kMaxEscapeSequence);
  if (bytes.size() < 2) return out_of_bytes;
  std::size_t i = 1;
  const auto skip = [&](char first, char last) {
    while (i < bytes.size() && is_between(bytes[i], first, last))
      ++i;
  };
  const auto ends_between = [&](char first, char last) {
    if (i == bytes.size()) return out_of_bytes;
    return is_between(bytes[i], first, last) ? EscapeSequence{i + 1, false} : kNone;
  };
  const char kind = bytes[1];
  if (kind == '[') {  // CSI: colours, cursor
    ++i;
    skip('0', '?');
    skip(' ', '/');
    return ends_between('@', '~');
  }
  if (std::string_view("]PX^_").find(kind) != std::string_view::npos) {  // OSC and its like: titles, links
    for (i = 2; i < bytes.size() && bytes[i] != '\n'; ++i) {
      if (bytes[i] == '\a') return {i + 1, false};
      if (bytes[i] == kEscape) {
        ++i;
        return ends_between('\\', '\\');
      }
    }
    return i == bytes.size() ? out_of_bytes : kNone;
  }
  skip(' ', '/');
  return ends_between('0', '~');
}

}  // namespace fleet::text
