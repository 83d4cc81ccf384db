#include "text/expression_tree.h"

namespace fleet::text {
namespace {

class TruthFinder {
 public:
  void look(const Node& node, Wanted wanted, bool negated = false) {
    if (node.reference != kNoReference && wanted == Wanted::truth && !is_list(node))
      found.push_back({node.reference, negated});
    const bool hands_on = node.kind == NodeKind::any_of || node.kind == NodeKind::all_of;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool is_condition = node.kind == NodeKind::all_of && i + 1 < node.children.size();
      const bool is_negated = node.kind == NodeKind::negation;
      const Wanted of_child = is_condition || is_negated ? Wanted::truth : hands_on ? wanted : Wanted::value;
      look(node.children[i], of_child, is_negated);
    }
  }

  std::vector<TruthTest> found;
};

}  // namespace

std::vector<TruthTest> Expression::truth_tests(Wanted of_whole) const {
  TruthFinder finder;
  finder.look(parsed_->tree, of_whole);
  return std::move(finder.found);
}

}  // namespace fleet::text
