#include "analysis/secret_checks.h"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "analysis/secret_values.h"
#include "base/base64.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}

// The CRC-32 of Ethernet and zip.
std::uint32_t secret_crc32(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes)
    crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

std::string in_base62(std::uint32_t value, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text(digits, '0');
  for (std::size_t i = digits; i > 0 && value != 0; --i) {
    text[i - 1] = kDigits[value % 62];
    value /= 62;
  }
  return text;
}

bool has_base62_crc(std::string_view value) {
  constexpr std::size_t kDigits = 6;
  const std::string_view body = value.substr(value.find('_') + 1);  // npos + 1 is 0
  if (body.size() <= kDigits) return false;
  const std::string_view payload = body.substr(0, body.size() - kDigits);
  return in_base62(secret_crc32(payload), kDigits) == body.substr(payload.size());
}

bool has_hex_crc(std::string_view value) {
  const std::size_t end = value.rfind('_');
  if (end == std::string_view::npos) return false;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  const std::uint32_t crc = secret_crc32(value.substr(0, end));
  for (int shift = 28; shift >= 0; shift -= 4)
    hex += kDigits[crc >> shift & 15];
  return hex == value.substr(end + 1);
}

nlohmann::json decoded_json(std::string_view text) {
  const auto bytes = base::decode_base64(text);
  return bytes ? nlohmann::json::parse(*bytes, nullptr, false)
               : nlohmann::json(nlohmann::json::value_t::discarded);
}

SecretCheckResult check_jwt(std::string_view value) {
  const std::size_t first = value.find('.');
  const std::size_t second = value.find('.', first + 1);
  if (second == std::string_view::npos) return SecretCheckResult::unlike;
  const nlohmann::json header = decoded_json(value.substr(0, first));
  if (!header.is_object() || !header.contains("alg") || !header["alg"].is_string())
    return SecretCheckResult::unlike;
  if (header["alg"] == "none") return SecretCheckResult::unlike;
  // An encrypted one (JWE) has `enc`, and a payload that cannot be read.
  if (header.contains("enc")) return SecretCheckResult::fits;
  const nlohmann::json payload = decoded_json(value.substr(first + 1, second - first - 1));
  if (!payload.is_object()) return SecretCheckResult::unlike;
  // That of jwt.io, which thousands of pages quote.
  const auto subject = payload.find("sub");
  if (subject != payload.end() && *subject == "1234567890") return SecretCheckResult::known;
  return SecretCheckResult::fits;
}

bool is_pair(std::string_view value) {
  const auto bytes = base::decode_base64(value);
  if (!bytes) return false;
  const std::size_t colon = bytes->find(':');
  if (colon == std::string::npos || colon == 0 || bytes->size() - colon < 4) return false;
  for (const char c : *bytes) {
    if (c < ' ' || c == '\x7f') return false;
  }
  return !is_placeholder(std::string_view(*bytes).substr(colon + 1));
}

// A macaroon in its binary form begins with the version 2 and the field of its place: PyPI's `pypi.org`.
bool is_macaroon(std::string_view value) {
  const std::size_t begin = value.find('-') + 1;
  const std::string_view body = value.substr(begin);
  const auto bytes = base::decode_base64(body.substr(0, body.size() / 4 * 4));
  return bytes && bytes->size() > 40 && bytes->starts_with("\x02\x01");
}

}  // namespace

SecretCheckResult check_secret(SecretCheck check, std::string_view value) {
  const auto part_of_shape = [](bool holds) {
    return holds ? SecretCheckResult::fits : SecretCheckResult::unlike;
  };
  const auto likeness = [](Likeness like) {
    return like == Likeness::secret ? SecretCheckResult::fits
           : like == Likeness::weak ? SecretCheckResult::weak
                                    : SecretCheckResult::unlike;
  };
  switch (check) {
    case SecretCheck::none:
      return SecretCheckResult::fits;
    case SecretCheck::github_crc:
    case SecretCheck::npm_crc:
      return has_base62_crc(value) ? SecretCheckResult::fits : SecretCheckResult::wrong_sum;
    case SecretCheck::grafana_crc:
      return has_hex_crc(value) ? SecretCheckResult::fits : SecretCheckResult::wrong_sum;
    case SecretCheck::jwt:
      return check_jwt(value);
    case SecretCheck::base64:
      return part_of_shape(base::decode_base64(value).has_value());
    case SecretCheck::base64_pair:
      return part_of_shape(is_pair(value));
    case SecretCheck::base64_json:
      return part_of_shape(decoded_json(value).is_object());
    case SecretCheck::macaroon:
      return part_of_shape(is_macaroon(value));
    case SecretCheck::random:
      return likeness(like_random(value));
    case SecretCheck::key:
      return likeness(like_key(value));
    case SecretCheck::password:
      return likeness(like_password(value));
  }
  return SecretCheckResult::unlike;
}

}  // namespace fleet::analysis
