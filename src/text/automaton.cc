#include "text/automaton.h"

namespace fleet::text {

Automaton::Automaton(const std::set<std::string>& texts) {
  build_trie(texts);
  link_failures();
}

// Level by level over the sorted texts: those with a prefix in common are neighbours.
void Automaton::build_trie(const std::set<std::string>& texts) {
  struct Group {  // texts [begin, end) share the bytes that lead to `node`
    std::set<std::string>::const_iterator begin;
    std::set<std::string>::const_iterator end;
  };
  std::vector<Group> groups{{texts.begin(), texts.end()}};  // by node
  add_node(0, '\0', false);
  for (std::uint32_t node = 0; node < groups.size(); ++node) {
    auto [at, end] = groups[node];
    const std::uint32_t depth = depth_[node];
    first_child_.push_back(static_cast<std::uint32_t>(groups.size()));
    if (at != end && at->size() == depth) ++at;  // ends here: sorted before those that go on
    while (at != end) {
      const char byte = (*at)[depth];
      const auto begin = at;
      bool ends = false;
      for (; at != end && (*at)[depth] == byte; ++at)
        ends = ends || at->size() == depth + 1;
      groups.push_back({begin, at});
      add_node(depth + 1, byte, ends);
    }
  }
  first_child_.push_back(static_cast<std::uint32_t>(groups.size()));
  for (std::uint32_t next = first_child_[0]; next < first_child_[1]; ++next)
    from_root_[byte_[next]] = next;
}

void Automaton::add_node(std::uint32_t depth, char byte, bool ends) {
  depth_.push_back(depth);
  byte_.push_back(static_cast<unsigned char>(byte));
  match_.push_back(ends ? depth : 0);
}

// A node fails to the longest proper suffix of its bytes that is a node. Parents come before children.
void Automaton::link_failures() {
  failure_.assign(depth_.size(), 0);
  for (std::uint32_t node = 0; node < depth_.size(); ++node) {
    for (std::uint32_t next = first_child_[node]; next < first_child_[node + 1]; ++next) {
      if (node != 0) failure_[next] = advance(failure_[node], byte_[next]);
      match_[next] = std::max(match_[next], match_[failure_[next]]);
    }
  }
}

}  // namespace fleet::text
