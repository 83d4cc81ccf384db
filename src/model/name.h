#pragma once

#include <string_view>

namespace fleet::model {

// Whether an id (of a run, of a task) can stand as one part of a git ref and of a path on any system: 1 to
// 200 letters, digits, `_`, `-` and `.`, beginning with a letter, a digit or `_`; no `..`, no `.` or `.lock`
// at the end (git-check-ref-format(1)). What is read from outside is checked with it before it names
// anything.
[[nodiscard]] bool is_safe_name(std::string_view name);

// Whether a path stays below the folder that it is relative to: not empty, not absolute, no empty part, no
// `.`, no
// `..`, no NUL.
[[nodiscard]] bool is_safe_relative_path(std::string_view path);

}  // namespace fleet::model
