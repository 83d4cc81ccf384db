#include "analysis/secret_layers.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/base64.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kShortestRun = 24;
constexpr std::size_t kLongestDecoded = 64 * 1024;
constexpr std::size_t kMostParts = 64;
constexpr std::size_t kLongestPart = 512;
constexpr std::size_t kLongestGlue = 160;    // between two literals
constexpr std::size_t kLiteralContext = 96;  // before the first

bool is_printed_byte(char c) {
  return (c >= ' ' && c < '\x7f') || c == '\n' || c == '\r' || c == '\t';
}

bool is_mostly_printed(std::string_view bytes) {
  const auto others = std::count_if(bytes.begin(), bytes.end(), [](char c) { return !is_printed_byte(c); });
  return static_cast<std::size_t>(others) * 20 <= bytes.size();
}

void decode_run(std::string_view bytes, std::size_t begin, std::size_t end, const SecretLayerVisitor& visit) {
  constexpr std::size_t kProbe = 24;
  const std::string_view run = bytes.substr(begin, std::min(end - begin, kLongestDecoded));
  const auto probe = base::decode_base64(run.substr(0, kProbe));
  if (!probe || !std::all_of(probe->begin(), probe->end(), is_printed_byte)) return;
  auto decoded = base::decode_base64(run.substr(0, run.size() % 4 == 1 ? run.size() - 1 : run.size()));
  if (!decoded || !is_mostly_printed(*decoded)) return;
  visit({*std::move(decoded), begin, end, {}});
}

// What a byte may have to do with joined literals.
enum class LayerByte : std::uint8_t { other, mark, glue };

constexpr std::array<LayerByte, 256> kLayerBytes = [] {
  std::array<LayerByte, 256> bytes{};
  for (const char c : std::string_view(" \t\r\n+.&<~"))
    bytes[static_cast<unsigned char>(c)] = LayerByte::glue;
  for (const char c : std::string_view("\"'\\"))
    bytes[static_cast<unsigned char>(c)] = LayerByte::mark;
  return bytes;
}();

bool is_literal_quote(char c) {
  return c == '"' || c == '\'';
}

// What two parts of one secret meet with.
bool is_joined_byte(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) ||
         std::string_view("_-+/=.:@!#$%^&*~").find(c) != std::string_view::npos;
}

// From behind a closing quote to the next opening one; npos when something else stands between. A glance at
// the next byte tells nearly all.
std::size_t next_literal(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size() ||
      (kLayerBytes[static_cast<unsigned char>(bytes[at])] != LayerByte::glue && bytes[at] != '\\'))
    return std::string_view::npos;
  const std::size_t limit = std::min(bytes.size(), at + kLongestGlue);
  const auto skip_space = [&] {
    while (at < limit &&
           (text::is_ascii_blank(bytes[at]) ||
            (bytes[at] == '\\' && at + 1 < limit && (bytes[at + 1] == '\n' || bytes[at + 1] == '\r'))))
      ++at;
  };
  skip_space();
  for (const std::string_view glue : {"++", "+", "..", ".", "&", "<>", "~"}) {
    if (bytes.substr(at, glue.size()) == glue) {
      at += glue.size();
      break;
    }
  }
  skip_space();
  return at < limit && is_literal_quote(bytes[at]) ? at : std::string_view::npos;
}

std::size_t closing_quote(std::string_view bytes, std::size_t open) {
  const std::size_t limit = std::min(bytes.size(), open + kLongestPart);
  for (std::size_t at = open + 1; at < limit && bytes[at] != '\n'; ++at) {
    if (bytes[at] == '\\') {
      ++at;
    } else if (bytes[at] == bytes[open]) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::size_t opening_quote(std::string_view bytes, std::size_t close, std::size_t floor) {
  const std::size_t limit = std::max(floor, close - std::min(close, kLongestPart));
  for (std::size_t at = close; at > limit && bytes[at - 1] != '\n'; --at) {
    if (bytes[at - 1] == bytes[close]) return at - 1;
  }
  return std::string_view::npos;
}

std::size_t context_begin(std::string_view bytes, std::size_t at, std::size_t floor) {
  const std::size_t limit = std::max(floor, at - std::min(at, kLiteralContext));
  while (at > limit && bytes[at - 1] != '\n')
    --at;
  return at;
}

// The literals from the one that closes at `close` on; returns where they end.
std::size_t join_from(std::string_view bytes, std::size_t close, std::size_t next, std::size_t floor,
                      const SecretLayerVisitor& visit) {
  const std::size_t open = opening_quote(bytes, close, floor);
  if (open == std::string_view::npos) return close + 1;
  SecretLayer layer;
  layer.begin = open;
  const std::size_t context = context_begin(bytes, open, floor);
  layer.text = bytes.substr(context, close - context);
  const char quote = bytes[close];
  bool meets_in_word = false;
  for (std::size_t parts = 1; parts < kMostParts && next != std::string_view::npos; ++parts) {
    const std::size_t end = closing_quote(bytes, next);
    if (end == std::string_view::npos) break;
    const std::string_view part = bytes.substr(next + 1, end - next - 1);
    meets_in_word = meets_in_word || (!part.empty() && is_joined_byte(part.front()) && !layer.text.empty() &&
                                      is_joined_byte(layer.text.back()));
    layer.borders.push_back(layer.text.size());
    layer.text += part;
    close = end;
    next = next_literal(bytes, end + 1);
  }
  layer.text += quote;
  layer.end = close + 1;
  if (meets_in_word) visit(layer);
  return close + 1;
}

std::size_t broken_line_end(std::string_view bytes, std::size_t at) {
  const std::size_t limit = std::min(bytes.size(), at + kLongestPart);
  while (at < limit && bytes[at] != '\n')
    ++at;
  return at;
}

// Lines that end in `\` from the one whose `\` is at `slash` on.
std::size_t join_lines(std::string_view bytes, std::size_t slash, std::size_t floor,
                       const SecretLayerVisitor& visit) {
  SecretLayer layer;
  layer.begin = context_begin(bytes, slash, floor);
  layer.text = bytes.substr(layer.begin, slash - layer.begin);
  std::size_t end = slash;
  for (std::size_t parts = 1; parts < kMostParts; ++parts) {
    std::size_t at = bytes.find('\n', end) + 1;
    while (at < bytes.size() && (bytes[at] == ' ' || bytes[at] == '\t'))
      ++at;
    const std::size_t stop = broken_line_end(bytes, at);
    std::string_view part = bytes.substr(std::min(at, bytes.size()), stop - std::min(at, stop));
    if (part.ends_with('\r')) part.remove_suffix(1);
    const bool goes_on = part.ends_with('\\');
    if (goes_on) part.remove_suffix(1);
    layer.borders.push_back(layer.text.size());
    layer.text += part;
    end = stop;
    if (!goes_on || part.empty() || !is_joined_byte(part.back()) || stop >= bytes.size() ||
        bytes[stop] != '\n')
      break;
  }
  layer.end = end;
  visit(layer);
  return end;
}

bool is_broken_line(std::string_view bytes, std::size_t slash) {
  std::size_t at = slash + 1;
  if (at < bytes.size() && bytes[at] == '\r') ++at;
  if (at >= bytes.size() || bytes[at] != '\n' || slash == 0 || !is_joined_byte(bytes[slash - 1]))
    return false;
  ++at;
  while (at < bytes.size() && (bytes[at] == ' ' || bytes[at] == '\t') && at - slash < kLongestGlue)
    ++at;
  return at < bytes.size() && is_joined_byte(bytes[at]);
}

}  // namespace

void decode_base64_runs(std::string_view bytes, const SecretLayerVisitor& visit) {
  // A run of that length has a byte at one of the places looked at, whatever it begins with.
  std::size_t done = 0;
  for (std::size_t at = kShortestRun - 1; at < bytes.size(); at += kShortestRun) {
    if (!base::is_base64(bytes[at])) continue;
    std::size_t begin = at;
    while (begin > done && base::is_base64(bytes[begin - 1]))
      --begin;
    std::size_t end = at + 1;
    while (end < bytes.size() && base::is_base64(bytes[end]))
      ++end;
    done = end;
    if (end - begin >= kShortestRun) decode_run(bytes, begin, end, visit);
    at = std::max(at, end - 1);
  }
}

void join_literals(std::string_view bytes, const SecretLayerVisitor& visit) {
  std::size_t floor = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    while (at < bytes.size() && kLayerBytes[static_cast<unsigned char>(bytes[at])] != LayerByte::mark)
      ++at;
    if (at == bytes.size()) return;
    if (bytes[at] == '\\') {
      if (is_broken_line(bytes, at)) {
        at = floor = std::max(at + 1, join_lines(bytes, at, floor, visit));
      } else {
        at += 1;
      }
    } else if (const std::size_t next = next_literal(bytes, at + 1); next != std::string_view::npos) {
      const std::size_t end = join_from(bytes, at, next, floor, visit);
      if (end > at + 1) floor = end;
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace fleet::analysis
