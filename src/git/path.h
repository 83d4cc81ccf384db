#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::git {

// Whether a name may stand in a tree that fleet writes: not empty, `.` or `..`, no slash or NUL, and nothing
// that some file system takes for `.git` (any case, `git~1`, trailing dots and spaces, `.git::$INDEX_...`,
// characters that HFS+ ignores: git's own list, see CVE-2014-9390 and CVE-2019-1353).
[[nodiscard]] bool is_safe_name(std::string_view name);

// Bytes of a path that git and the system can name: Linux's PATH_MAX, less its zero byte.
inline constexpr std::size_t kMaxPath = 4095;

// A name as HFS+ compares it: without the characters that it ignores, letters of ASCII in lower case.
[[nodiscard]] std::string plain_name(std::string_view name);

// A path of safe names with `/` between, at most kMaxPath bytes.
[[nodiscard]] bool is_safe_path(std::string_view path);

// For messages: control characters, backslashes, quotes and bytes that are no UTF-8 escaped as git does, in
// double quotes where that was needed.
[[nodiscard]] std::string quote_path(std::string_view path);

// What git has put in double quotes (unquote_c_style() there); nothing when the text is no such thing.
[[nodiscard]] std::optional<std::string> unquote_path(std::string_view quoted);

}  // namespace fleet::git
