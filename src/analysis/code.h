#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/shape.h"
#include "syntax/tree.h"

namespace fleet::analysis {

inline constexpr std::uint32_t kNowhere = 0xffff'ffff;

// How much may still be done with one file: a count, so that no clock decides what is found.
class Work {
 public:
  explicit Work(std::uint64_t steps) : left_(steps) {}
  // False: it is all used up, and what is asked is to be answered with no.
  bool take(std::uint64_t steps = 1) {
    left_ -= left_ < steps ? left_ : steps;
    return left_ > 0;
  }
  [[nodiscard]] bool is_done() const { return left_ == 0; }

 private:
  std::uint64_t left_;
};

// A tree with what rules ask of it: parents, names of what is around. Made of a tree that outlives it; what
// costs time is made when it is first asked for. Of one thread.
class Code {
 public:
  Code(const syntax::Tree& tree, Work& work)
      : tree_(tree), work_(work), shapes_(shapes_of(tree.language())) {}

  [[nodiscard]] const syntax::Tree& tree() const { return tree_; }
  [[nodiscard]] syntax::Language language() const { return tree_.language(); }
  [[nodiscard]] std::string_view source() const { return tree_.source(); }
  [[nodiscard]] const syntax::Node& node(std::uint32_t index) const { return tree_.nodes()[index]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes().size()); }
  [[nodiscard]] std::string_view text(std::uint32_t index) const { return tree_.text(node(index)); }
  [[nodiscard]] Shape shape(std::uint32_t index) const {
    const syntax::Node& at = node(index);
    return at.named && at.kind < shapes_.size() ? shapes_[at.kind] : Shape::other;
  }
  [[nodiscard]] std::string_view kind(std::uint32_t index) const {
    return syntax::kind_name(language(), node(index).kind);
  }
  [[nodiscard]] Work& work() const { return work_; }

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
  // `Class.method`; empty outside of both.
  [[nodiscard]] std::string symbol(std::uint32_t index);
  // The smallest node of exactly, or at least, these bytes.
  [[nodiscard]] std::uint32_t node_at(syntax::Span span) const;

 private:
  void find_parents();
  [[nodiscard]] std::string_view name_of_definition(std::uint32_t index);

  const syntax::Tree& tree_;
  Work& work_;
  const std::vector<Shape>& shapes_;
  std::vector<std::uint32_t> parents_;
};

}  // namespace fleet::analysis
