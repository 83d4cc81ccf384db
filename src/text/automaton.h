#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::text {

// Finds all of a set of texts in one pass (Aho and Corasick, "Efficient string matching", 1975). A trie in
// which the children of a node lie side by side, ordered by byte, numbered breadth first: about 17 bytes a
// node. Node 0 is its root, where a pass begins. Immutable; any thread.
class Automaton {
 public:
  // None of them is empty.
  explicit Automaton(const std::set<std::string>& texts);

  [[nodiscard]] std::uint32_t advance(std::uint32_t node, unsigned char byte) const {
    for (;;) {
      if (node == 0) return from_root_[byte];
      if (const std::uint32_t next = child(node, byte); next != 0) return next;
      node = failure_[node];
    }
  }
  // The length of the longest text that ends where this node is reached; 0: none.
  [[nodiscard]] std::uint32_t match(std::uint32_t node) const { return match_[node]; }
  // How many of the last bytes may be the beginning of a text that has not ended.
  [[nodiscard]] std::uint32_t open(std::uint32_t node) const {
    while (node != 0 && first_child_[node] == first_child_[node + 1])
      node = failure_[node];
    return depth_[node];
  }
  [[nodiscard]] std::size_t longest() const { return depth_.back(); }
  // The first byte in bytes[from, ...) that a text begins with.
  [[nodiscard]] std::size_t next_start(std::string_view bytes, std::size_t from) const {
    while (from < bytes.size() && from_root_[static_cast<unsigned char>(bytes[from])] == 0)
      ++from;
    return from;
  }

 private:
  void build_trie(const std::set<std::string>& texts);
  void add_node(std::uint32_t depth, char byte, bool ends);
  void link_failures();
  [[nodiscard]] std::uint32_t child(std::uint32_t node, unsigned char byte) const {
    const auto begin = byte_.begin() + first_child_[node];
    const auto end = byte_.begin() + first_child_[node + 1];
    const auto found = std::lower_bound(begin, end, byte);
    return found != end && *found == byte ? static_cast<std::uint32_t>(found - byte_.begin()) : 0;
  }

  std::array<std::uint32_t, 256> from_root_{};
  std::vector<std::uint32_t> first_child_;  // one more than nodes
  std::vector<unsigned char> byte_;         // that leads to the node
  std::vector<std::uint32_t> depth_;
  std::vector<std::uint32_t> match_;
  std::vector<std::uint32_t> failure_;
};

}  // namespace fleet::text
