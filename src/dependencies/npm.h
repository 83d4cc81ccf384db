#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "dependencies/value.h"

// Inside the room: what the lock files of npm's tools have in common.
namespace fleet::dependencies {

// `name@rest`, split at the first `@` behind the name (which may begin with one): `@babel/core` and `^7.0.0`.
// Without an `@` the second is empty.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_npm_name(std::string_view text);

// A version or range that names no registry: `file:...`, `git+ssh://...`, `https://.../x.tgz`, `user/repo`.
[[nodiscard]] bool is_npm_place(std::string_view version);

// As package.json and lock files have it: a text, `{type: ...}`, or a list of either, which all apply at
// choice.
[[nodiscard]] std::string npm_license(const Value& package);

}  // namespace fleet::dependencies
