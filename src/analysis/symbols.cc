#include "analysis/symbols.h"

#include <algorithm>
#include <numeric>

#include "analysis/function_names.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kLongestSymbol = 400;  // bytes; of a longer one the end is kept

class ScopeWalk {
 public:
  explicit ScopeWalk(const syntax::Tree& tree)
      : tree_(tree), parts_(NodeParts::of(tree.language())), scope_mark_(scope_mark(tree.language())) {}

  // Nodes come in rising order.
  std::string symbol(std::uint32_t node) {
    for (; at_ <= node; ++at_)
      enter(at_);
    std::string_view scope = scope_;
    if (scope.size() > kLongestSymbol) scope = scope.substr(scope.size() - kLongestSymbol);
    return text::printable(scope, text::Newlines::escape);
  }

 private:
  struct Open {
    std::uint32_t node, end;
    std::size_t scope_length;  // of what is around it
    bool is_function;
  };

  void enter(std::uint32_t i) {
    while (!open_.empty() && open_.back().end <= i) {
      scope_.resize(open_.back().scope_length);
      if (open_.back().is_function) --functions_;
      open_.pop_back();
    }
    const syntax::Node& node = tree_.nodes()[i];
    open_.push_back({i, node.next, scope_.size(), false});
    const std::uint32_t parts = parts_.parts(node);
    if ((parts & (kClass | kScope)) != 0) {
      if ((parts & kClass) == 0 || has_class_body(i)) add(class_name(tree_, i));
    } else if ((parts & kFunction) != 0) {
      if (has_body(tree_, parts_, i)) add_function(function_name(tree_, i));
    } else if ((parts & kLambda) != 0) {
      const std::string name =
          open_.size() > 1 ? assigned_name(tree_, open_[open_.size() - 2].node, i) : std::string();
      // What has no name of its own belongs to the function around it.
      if (!name.empty() || functions_ == 0) add_function(name);
    }
  }

  // `struct point p;` only names one.
  [[nodiscard]] bool has_class_body(std::uint32_t i) const {
    const bool is_c = tree_.language() == syntax::Language::c || tree_.language() == syntax::Language::cpp;
    return !is_c || has_body(tree_, parts_, i);
  }

  void add_function(const std::string& name) {
    ++functions_;
    open_.back().is_function = true;
    add(name.empty() ? "(anonymous)" : name);
  }

  void add(const std::string& name) {
    if (name.empty()) return;
    if (!scope_.empty()) scope_ += scope_mark_;
    scope_ += name;
  }

  const syntax::Tree& tree_;
  const NodeParts& parts_;
  const char* scope_mark_;
  std::uint32_t at_ = 0;  // the next node
  std::size_t functions_ = 0;
  std::string scope_;
  std::vector<Open> open_;
};

}  // namespace

std::vector<std::string> symbols_of(const syntax::Tree& tree, const std::vector<std::uint32_t>& nodes) {
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return nodes[a] < nodes[b]; });
  std::vector<std::string> symbols(nodes.size());
  ScopeWalk walk(tree);
  for (const std::size_t index : order)
    symbols[index] = walk.symbol(nodes[index]);
  return symbols;
}

}  // namespace fleet::analysis
