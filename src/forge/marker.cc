#include "forge/marker.h"

#include <fmt/format.h>

#include "text/ascii.h"

namespace fleet::forge {
namespace {

// As in an address: a `--` or `>` would end the comment of HTML that the marker is.
std::string marker_word(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) {
    const bool is_plain = text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '.' || c == '_';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string hidden_marker(std::string_view what, const Ci& ci, std::string_view key) {
  return fmt::format("<!-- fleet:{} workflow={} job={} key={} -->", what, marker_word(ci.workflow),
                     marker_word(ci.job), marker_word(key));
}

std::string string_at(const model::Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string()
             ? object[name].get<std::string>()
             : std::string();
}

std::int64_t number_at(const model::Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_number_integer()
             ? object[name].get<std::int64_t>()
             : 0;
}

const model::Json& part_of(const model::Json& object, const char* name) {
  static const model::Json none;
  return object.is_object() && object.contains(name) ? object[name] : none;
}

bool begins_with(const model::Json& entry, std::string_view marker) {
  return string_at(entry, "body").starts_with(marker);
}

}  // namespace fleet::forge
