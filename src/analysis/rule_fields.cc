#include "analysis/rule_fields.h"

#include <unordered_set>

namespace fleet::analysis {

std::string read_text(yaml::Problems& problems, yaml::Node node) {
  if (!node.is_scalar()) {
    problems.add(node, fmt::format("expected text, found {}", yaml::found_instead(node)));
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

}  // namespace fleet::analysis
