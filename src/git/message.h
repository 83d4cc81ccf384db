#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::git {

struct Trailer {
  std::string key;    // `Fleet-Task`
  std::string value;  // line breaks become spaces
};

inline constexpr std::string_view kRunTrailer = "Fleet-Run";
inline constexpr std::string_view kTaskTrailer = "Fleet-Task";
inline constexpr std::string_view kAttemptTrailer = "Fleet-Attempt";
inline constexpr std::string_view kAgentTrailer = "Fleet-Agent";
inline constexpr std::string_view kKeyTrailer = "Fleet-Key";
inline constexpr std::string_view kCostTrailer = "Fleet-Cost";
inline constexpr std::string_view kRevertsTrailer = "Fleet-Reverts";  // the commit that a rollback took out

// A commit message: one subject line, a blank line, the body, a blank line, the trailers. NUL bytes are
// dropped; parts may be empty. A body cannot forge a trailer: trailer() reads the last paragraph only.
[[nodiscard]] std::string compose_message(std::string_view subject, std::string_view body,
                                          std::span<const Trailer> trailers);

// The message without the trailers of this key in its last paragraph.
[[nodiscard]] std::string without_trailer(std::string_view message, std::string_view key);

// The value of a trailer in the last paragraph of a message, as `git interpret-trailers` would find it.
// The last one, where there are several.
[[nodiscard]] std::optional<std::string> trailer(std::string_view message, std::string_view key);
[[nodiscard]] std::vector<std::string> all_trailers(std::string_view message, std::string_view key);

}  // namespace fleet::git
