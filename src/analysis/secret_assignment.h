#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "analysis/secret_rule.h"

namespace fleet::analysis {

// A name and the value that it is given, in whatever language: `password = "x"`, `"password": "x"`,
// `<password>x</password>`, `setPassword("x")`, `--password x`, `name="password" value="x"`,
// `let password: &str = "x"`, `env.PASSWORD || "x"`, `"password: x"`, `${PASSWORD:-x}`, `ENV PASSWORD x`,
// `<name>password</name><value>x</value>`, `{password, "x"}`, `"--password", default="x"`.
struct SecretAssignment {
  std::string_view head, tail;     // of the name, before and after the keyword
  std::size_t begin = 0, end = 0;  // of the value in the text, quotes left out
  bool is_quoted = false;          // it ends where something ends that the name is in, or that begins with it
  bool is_parameter = false;       // of a URL: `?token=...`
  bool is_sole = true;             // no other word follows an unquoted value
};

// The one whose name has the keyword [begin, end) of `text` in it. Looks at most at a few hundred bytes
// before, and 2 KB after. Pure.
[[nodiscard]] std::optional<SecretAssignment> read_secret_assignment(std::string_view text, std::size_t begin,
                                                                     std::size_t end);

// Whether the name of an assignment is one of those.
[[nodiscard]] bool names_another_thing(const SecretAssignment& assignment, const SecretOtherNames& names);

}  // namespace fleet::analysis
