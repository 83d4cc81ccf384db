#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/problems.h"

// Reading a mapping by a table of the keys that it may have, and what is said where it has others.
namespace fleet::yaml {

// For messages, what stands where something else was expected: its text, "nothing", "a list", "a mapping".
[[nodiscard]] std::string found_instead(Node node);
// False, and it is said, where it is none. `what` is for the message: "a task".
[[nodiscard]] bool expect_mapping(Problems& problems, Node node, std::string_view what,
                                  std::string suggestion = {});
void say_unknown_key(Problems& problems, Node key, std::string_view what,
                     const std::vector<std::string_view>& known);
void say_no_value(Problems& problems, Entry entry);

// One key that a mapping may have, and what reads its value.
template <class Reader, class T>
struct Key {
  std::string_view name;
  void (*read)(Reader&, Node value, T& into);
};

// The keys of a mapping that it cannot have, and that were said to be wrong.
using UnknownKeys = std::vector<std::string_view>;

// Reads a mapping by the table of its keys. Returns the keys that it did not know. The Reader has `problems`.
template <class Reader, class T, std::size_t N>
UnknownKeys read_keys(Reader& reader, Node node, std::string_view what, const Key<Reader, T> (&keys)[N],
                      T& into) {
  UnknownKeys unknown;
  if (!expect_mapping(reader.problems, node, what)) return unknown;
  for (const Entry entry : node.entries()) {
    const auto key = std::find_if(std::begin(keys), std::end(keys),
                                  [&](const auto& each) { return each.name == entry.key.text(); });
    if (key == std::end(keys)) {
      std::vector<std::string_view> known;
      for (const auto& each : keys)
        known.push_back(each.name);
      say_unknown_key(reader.problems, entry.key, what, known);
      unknown.push_back(entry.key.text());
    } else if (entry.value.is_null()) {
      say_no_value(reader.problems, entry);
    } else {
      key->read(reader, entry.value, into);
    }
  }
  return unknown;
}

}  // namespace fleet::yaml
