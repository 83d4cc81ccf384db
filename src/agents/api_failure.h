#pragma once

#include <optional>
#include <string_view>

#include "agents/reply_reader.h"
#include "base/time.h"
#include "net/http.h"

namespace fleet::agents {

// How long the answer's headers say to wait: `retry-after-ms`, `retry-after` in seconds or as a date (RFC
// 9110, section 10.2.3), and, where nothing is left, `anthropic-ratelimit-*-reset` (RFC 3339) and
// `x-ratelimit-reset-*` (`6m0s`). Dates count from the answer's own `date`, so that no clock of ours matters.
// At most a day.
[[nodiscard]] std::optional<Duration> wait_by_headers(const net::HttpHead& head);

// `34.07s`, `6m0s`, `120ms`, as providers write it.
[[nodiscard]] std::optional<Duration> parse_wait(std::string_view text);

// What kind of failure an answer with this status is, by the words of its error where those say more.
[[nodiscard]] std::optional<model::AgentFailure> failure_of_answer(int status, std::string_view words);

}  // namespace fleet::agents
