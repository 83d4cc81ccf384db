#include "text/mask.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "text/secret_forms.h"

namespace fleet::text {
namespace {

constexpr std::string_view kStars = "***";

}  // namespace

// A trie of all forms in which the children of a node lie side by side, ordered by byte, numbered breadth
// first: about 17 bytes a node.
class Masker::Automaton {
 public:
  explicit Automaton(const std::set<std::string>& forms) {
    build_trie(forms);
    link_failures();
  }

  [[nodiscard]] std::uint32_t advance(std::uint32_t node, unsigned char byte) const {
    for (;;) {
      if (node == 0) return from_root_[byte];
      if (const std::uint32_t next = child(node, byte); next != 0) return next;
      node = failure_[node];
    }
  }
  // The length of the longest form that ends where this node is reached; 0: none.
  [[nodiscard]] std::uint32_t match(std::uint32_t node) const { return match_[node]; }
  // How many of the last bytes may be the beginning of a form that has not ended.
  [[nodiscard]] std::uint32_t open(std::uint32_t node) const {
    while (node != 0 && first_child_[node] == first_child_[node + 1])
      node = failure_[node];
    return depth_[node];
  }
  [[nodiscard]] std::size_t longest() const { return depth_.back(); }
  // The first byte in text[from, ...) that a form begins with.
  [[nodiscard]] std::size_t next_start(std::string_view text, std::size_t from) const {
    while (from < text.size() && from_root_[static_cast<unsigned char>(text[from])] == 0)
      ++from;
    return from;
  }

 private:
  // Level by level over the sorted forms: those with a prefix in common are neighbours.
  void build_trie(const std::set<std::string>& forms) {
    struct Group {  // forms [begin, end) share the bytes that lead to `node`
      std::set<std::string>::const_iterator begin;
      std::set<std::string>::const_iterator end;
    };
    std::vector<Group> groups{{forms.begin(), forms.end()}};  // by node
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

  void add_node(std::uint32_t depth, char byte, bool ends) {
    depth_.push_back(depth);
    byte_.push_back(static_cast<unsigned char>(byte));
    match_.push_back(ends ? depth : 0);
  }

  // A node fails to the longest proper suffix of its bytes that is a node. Parents come before children.
  void link_failures() {
    failure_.assign(depth_.size(), 0);
    for (std::uint32_t node = 0; node < depth_.size(); ++node) {
      for (std::uint32_t next = first_child_[node]; next < first_child_[node + 1]; ++next) {
        if (node != 0) failure_[next] = advance(failure_[node], byte_[next]);
        match_[next] = std::max(match_[next], match_[failure_[next]]);
      }
    }
  }

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

Masker::Masker() : Masker(std::vector<Secret>{}) {}

Masker::Masker(const std::vector<Secret>& secrets) {
  std::set<std::string> forms;
  for (const Secret& secret : secrets) {
    if (secret.value.empty()) continue;
    if (secret.value.size() < kMinLength) {
      unmaskable_.push_back(secret.name);
    } else {
      forms.merge(secret_forms(secret.value));
    }
  }
  automaton_ = std::make_shared<const Automaton>(forms);
}

std::string Masker::mask(std::string_view whole) const {
  Stream stream(*this);
  std::string out = stream.feed(whole);
  out += stream.finish();
  return out;
}

std::size_t Masker::longest() const {
  return automaton_->longest();
}

Masker::Stream::Stream(const Masker& masker) : automaton_(masker.automaton_) {}

std::string Masker::Stream::feed(std::string_view chunk) {
  std::string out;
  out.reserve(kept_.size() + chunk.size());
  kept_ += chunk;
  const std::uint64_t begin = position_;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    if (state_ == 0) {
      i = automaton_->next_start(chunk, i);
      if (i == chunk.size()) break;
    }
    state_ = automaton_->advance(state_, static_cast<unsigned char>(chunk[i]));
    if (const std::uint32_t length = automaton_->match(state_); length != 0) {
      const std::uint64_t end = begin + i + 1;
      cover({end - length, end});
    }
  }
  position_ = begin + chunk.size();
  release(position_ - automaton_->open(state_), out);
  return out;
}

std::string Masker::Stream::finish() {
  std::string out;
  release(position_, out);
  *this = Stream(std::exchange(automaton_, nullptr));
  return out;
}

// Ranges come in the order of their ends; one that overlaps earlier ones becomes one with them.
void Masker::Stream::cover(Range range) {
  if (range.begin < masked_end_) {
    masked_end_ = std::max(masked_end_, range.end);
    covered_.clear();
    return;
  }
  while (!covered_.empty() && covered_.back().end > range.begin) {
    range.begin = std::min(range.begin, covered_.back().begin);
    covered_.pop_back();
  }
  covered_.push_back(range);
}

// What lies before `until` can no longer become part of a match that begins later.
void Masker::Stream::release(std::uint64_t until, std::string& out) {
  const std::uint64_t base = released_;
  std::uint64_t at = released_;
  while (at < until) {
    if (at < masked_end_) {
      at = std::min(masked_end_, until);
      continue;
    }
    if (!covered_.empty() && covered_.front().begin <= at) {
      out += kStars;
      masked_end_ = covered_.front().end;
      covered_.pop_front();
      continue;
    }
    const std::uint64_t plain_end = covered_.empty() ? until : std::min(until, covered_.front().begin);
    out.append(kept_, at - base, plain_end - at);
    at = plain_end;
  }
  kept_.erase(0, until - base);
  released_ = until;
}

}  // namespace fleet::text
