#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "model/diagnostic.h"

// JSON, TOML and YAML as one kind of tree, which knows its lines. Lock files are written in all three.
namespace fleet::dependencies {

// What one file may cost; past any of these it is refused.
inline constexpr std::size_t kMostBytes = 64u << 20;
inline constexpr std::size_t kMostValues = 1'500'000;  // some 100 bytes each
inline constexpr std::size_t kMostDepth = 200;

struct Member;

struct Value {
  enum class Kind : std::uint8_t { null, boolean, number, string, list, object };

  Kind kind = Kind::null;
  std::uint32_t line = 1;       // where it begins, from 1
  std::string text;             // of a scalar
  std::vector<Member> members;  // of an object in the file's order, or of a list, without keys

  [[nodiscard]] bool is_object() const { return kind == Kind::object; }
  [[nodiscard]] bool is_string() const { return kind == Kind::string; }
  // The last member of that name, as JSON's readers have it; null: none, or this is no object. Looks at all
  // members: for objects of a fixed form.
  [[nodiscard]] const Value* find(std::string_view key) const;
  // The members of a member; none where it is absent or a scalar.
  [[nodiscard]] const std::vector<Member>& members_of(std::string_view key) const;
  [[nodiscard]] std::string_view string(std::string_view key) const;  // empty: absent, or no string
  [[nodiscard]] bool is_true(std::string_view key) const;
};

struct Member {
  std::string key;
  std::uint32_t line = 1;  // of the key
  Value value;
};

using ReadValue = tl::expected<Value, model::Diagnostic>;

// `path` is for the diagnostic. JSON as RFC 8259 has it. Members of the outermost object that `wanted` does
// not want are read and checked, but not kept; null: all are.
[[nodiscard]] ReadValue read_json(std::string_view bytes, const std::string& path,
                                  const std::function<bool(std::string_view key)>& wanted = nullptr);
// TOML 1.0.0 (https://toml.io/en/v1.0.0), dates and times by their shape alone. Dates are strings.
[[nodiscard]] ReadValue read_toml(std::string_view bytes, const std::string& path);
// YAML within the bounds of yaml/document.h.
[[nodiscard]] ReadValue read_yaml(std::string_view bytes, const std::string& path);

// `why` follows "cannot read it: ".
[[nodiscard]] model::Diagnostic unreadable(const std::string& path, std::size_t line, std::string_view why,
                                           std::string suggestion = "write it anew with the tool it is of");

}  // namespace fleet::dependencies
