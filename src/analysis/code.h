#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/shape.h"
#include "syntax/steps.h"
#include "syntax/tree.h"

namespace fleet::analysis {

inline constexpr std::uint32_t kNowhere = 0xffff'ffff;

// A tree with what rules ask of it. Made of a tree and steps that outlive it; what costs time is made when it
// is first asked for. When the steps are over, answers are wrong, and nothing may be found by them. Of one
// thread.
class Code {
 public:
  Code(const syntax::Tree& tree, syntax::Steps& steps)
      : tree_(tree), steps_(steps), shapes_(shapes_of(tree.language())) {}

  [[nodiscard]] const syntax::Tree& tree() const { return tree_; }
  [[nodiscard]] syntax::Language language() const { return tree_.language(); }
  [[nodiscard]] std::string_view source() const { return tree_.source(); }
  [[nodiscard]] const syntax::Node& node(std::uint32_t index) const { return tree_.nodes()[index]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes().size()); }
  // Of kNowhere: nothing, and other.
  [[nodiscard]] std::string_view text(std::uint32_t index) const {
    return index == kNowhere ? std::string_view() : tree_.text(node(index));
  }
  [[nodiscard]] Shape shape(std::uint32_t index) const {
    if (index == kNowhere) return Shape::other;
    const syntax::Node& at = node(index);
    return at.named && at.kind < shapes_.size() ? shapes_[at.kind] : Shape::other;
  }
  [[nodiscard]] std::string_view kind(std::uint32_t index) const {
    return index == kNowhere ? std::string_view() : syntax::kind_name(language(), node(index).kind);
  }
  [[nodiscard]] syntax::Steps& steps() const { return steps_; }

  // Children with a name, without comments: the first, and the one after.
  [[nodiscard]] std::uint32_t first_child(std::uint32_t index) const;
  [[nodiscard]] std::uint32_t next_child(std::uint32_t child, std::uint32_t of) const;
  [[nodiscard]] std::uint32_t last_child(std::uint32_t index) const;
  [[nodiscard]] std::uint32_t child_of_shape(std::uint32_t index, Shape shape) const;
  // The first punctuation or keyword among the children.
  [[nodiscard]] std::string_view operator_of(std::uint32_t index) const;

  // kNowhere at the root.
  [[nodiscard]] std::uint32_t parent(std::uint32_t index);
  // The innermost function that has the node in it, itself left out.
  [[nodiscard]] std::uint32_t function_around(std::uint32_t index);
  // The smallest node of exactly, or at least, these bytes.
  [[nodiscard]] std::uint32_t node_at(syntax::Span span);

 private:
  void find_parents();

  const syntax::Tree& tree_;
  syntax::Steps& steps_;
  const std::vector<Shape>& shapes_;
  std::vector<std::uint32_t> parents_;
};

}  // namespace fleet::analysis
