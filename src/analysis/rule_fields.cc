#include "analysis/rule_fields.h"

#include <unordered_set>

namespace fleet::analysis {

std::string found_instead(yaml::Node node) {
  if (node.is_scalar()) return yaml::quote(node.text());
  if (node.is_null()) return "nothing";
  return node.is_sequence() ? "a list" : "a mapping";
}

std::string read_text(yaml::Problems& problems, yaml::Node node) {
  if (!node.is_scalar()) {
    problems.add(node, fmt::format("expected text, found {}", found_instead(node)));
    return {};
  }
  if (node.text().find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problems.add(node, "the text is empty");
    return {};
  }
  return std::string(node.text());
}

std::vector<yaml::Node> read_texts(yaml::Problems& problems, yaml::Node node) {
  std::vector<yaml::Node> texts;
  std::unordered_set<std::string_view> seen;
  const auto take = [&](yaml::Node item) {
    if (read_text(problems, item).empty()) return;
    if (seen.insert(item.text()).second) {
      texts.push_back(item);
    } else {
      problems.add(item, fmt::format("{} is here twice", yaml::quote(item.text())), "remove one");
    }
  };
  if (!node.is_sequence()) {
    take(node);
    return texts;
  }
  if (node.empty()) problems.add(node, "the list is empty");
  for (const yaml::Node item : node.items())
    take(item);
  return texts;
}

bool expect_mapping(yaml::Problems& problems, yaml::Node node, std::string_view what) {
  if (node.is_mapping()) return true;
  problems.add(node, fmt::format("{} is a mapping of keys and values, found {}", what, found_instead(node)));
  return false;
}

}  // namespace fleet::analysis
