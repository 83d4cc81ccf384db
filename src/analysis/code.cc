#include "analysis/code.h"

#include <algorithm>

namespace fleet::analysis {
namespace {

std::uint32_t skip_unnamed(const Code& code, std::uint32_t at, std::uint32_t end) {
  while (at < end && (!code.node(at).named || code.node(at).extra) && code.steps().take())
    at = code.node(at).next;
  return at < end ? at : kNowhere;
}

}  // namespace

std::uint32_t Code::first_child(std::uint32_t index) const {
  return skip_unnamed(*this, index + 1, node(index).next);
}

std::uint32_t Code::next_child(std::uint32_t child, std::uint32_t of) const {
  return skip_unnamed(*this, node(child).next, node(of).next);
}

std::uint32_t Code::last_child(std::uint32_t index) const {
  std::uint32_t last = kNowhere;
  for (std::uint32_t child = first_child(index); child != kNowhere; child = next_child(child, index))
    last = child;
  return last;
}

std::uint32_t Code::child_of_shape(std::uint32_t index, Shape wanted) const {
  for (std::uint32_t child = first_child(index); child != kNowhere; child = next_child(child, index)) {
    if (shape(child) == wanted) return child;
  }
  return kNowhere;
}

std::string_view Code::operator_of(std::uint32_t index) const {
  for (std::uint32_t at = index + 1; at < node(index).next && steps_.take(); at = node(at).next) {
    if (!node(at).named && text(at) != "(") return text(at);
  }
  return {};
}

void Code::find_parents() {
  parents_.resize(size(), kNowhere);
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < size(); ++i) {
    while (!open.empty() && node(open.back()).next <= i)
      open.pop_back();
    if (!open.empty()) parents_[i] = open.back();
    if (!tree_.is_leaf(i)) open.push_back(i);
  }
}

std::uint32_t Code::parent(std::uint32_t index) {
  if (parents_.empty()) find_parents();
  return steps_.take() ? parents_[index] : kNowhere;
}

std::uint32_t Code::function_around(std::uint32_t index) {
  std::uint32_t at = parent(index);
  while (at != kNowhere && shape(at) != Shape::function)
    at = parent(at);
  return at;
}

std::uint32_t Code::node_at(syntax::Span span) {
  // Nodes stand in the order of their starts, and those around the last one that begins early enough are all
  // those that have its place in them.
  const auto after =
      std::upper_bound(tree_.nodes().begin(), tree_.nodes().end(), span.start,
                       [](std::uint32_t start, const syntax::Node& each) { return start < each.span.start; });
  if (after == tree_.nodes().begin()) return 0;
  auto at = static_cast<std::uint32_t>(after - tree_.nodes().begin()) - 1;
  while (node(at).span.end < span.end) {
    const std::uint32_t around = parent(at);
    if (around == kNowhere) return 0;
    at = around;
  }
  return at;
}

}  // namespace fleet::analysis
