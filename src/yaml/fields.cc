#include "yaml/fields.h"

#include <fmt/ranges.h>

namespace fleet::yaml {

std::string found_instead(Node node) {
  if (node.is_scalar()) return quote(node.text());
  if (node.is_null()) return "nothing";
  return node.is_sequence() ? "a list" : "a mapping";
}

bool expect_mapping(Problems& problems, Node node, std::string_view what, std::string suggestion) {
  if (node.is_mapping()) return true;
  problems.add(node, fmt::format("{} is a mapping of keys and values, found {}", what, found_instead(node)),
               std::move(suggestion));
  return false;
}

void say_unknown_key(Problems& problems, Node key, std::string_view what,
                     const std::vector<std::string_view>& known) {
  if (key.text() == "<<") {
    problems.add(key, "merge keys (`<<`) are not part of YAML 1.2",
                 "use `defaults`, or write the keys out; plain aliases (`*name`) are read");
    return;
  }
  problems.add(
      key, fmt::format("unknown key {} in {}", quote(key.text()), what),
      problems.did_you_mean(key.text(), known, fmt::format("it may have: {}", fmt::join(known, ", "))));
}

void say_no_value(Problems& problems, Entry entry) {
  problems.add(entry.key, fmt::format("{} has no value", quote(entry.key.text())),
               "give it one, or remove it");
}

}  // namespace fleet::yaml
