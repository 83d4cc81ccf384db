#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fleet::text {

inline constexpr std::size_t kMaxSlug = 80;     // bytes
inline constexpr std::size_t kMaxTaskId = 100;  // bytes

// A name for any text, of [A-Za-z0-9_-], at most kMaxSlug bytes, with no dash at its ends: valid as a
// component of a git ref and as a file name. The text itself where that is one already; else what is left of
// it, and a hash of the whole, so that different texts do not meet.
[[nodiscard]] std::string slug(std::string_view text);

// GitHub's grammar of job ids, which ours of tasks is: [A-Za-z_][A-Za-z0-9_-]*, at most kMaxTaskId bytes.
[[nodiscard]] bool is_task_id(std::string_view text);

}  // namespace fleet::text
