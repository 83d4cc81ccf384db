#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "text/bits.h"
#include "text/glob.h"

namespace fleet::text {
namespace {

// What makes a path possible: an automaton of four states over its bytes.
// A zero byte never comes: both searches leave it out.
enum class Shape : std::uint8_t { component_start, dot, dot_dot, inside };
constexpr std::size_t kShapes = 4;

std::optional<Shape> advance(Shape shape, unsigned char byte) {
  if (byte == '/') {
    if (shape != Shape::inside) return std::nullopt;
    return Shape::component_start;
  }
  if (byte == '.' && shape == Shape::component_start) return Shape::dot;
  if (byte == '.' && shape == Shape::dot) return Shape::dot_dot;
  return Shape::inside;
}

bool disagree(const std::string& left, const std::string& right) {
  const std::size_t common = std::min(left.size(), right.size());
  return left.compare(0, common, right, 0, common) != 0;
}

}  // namespace

// Breadth first through the product of both automata and Shape, where skips cost nothing: a shortest path.
class PathSearch {
 public:
  PathSearch(const Glob& left, const Glob& right, Reading reading)
      : left_(left, reading), right_(right, reading) {}

  std::optional<std::string> run() {
    if (disagree(left_.pattern.literal_start(), right_.pattern.literal_start())) return std::nullopt;
    steps_.resize(left_.size() * right_.size() * kShapes);
    const Node start{0, 0, Shape::component_start};
    reach(start, {index(start), 0, true}, /*costs=*/false);
    while (!open_.empty()) {
      const Node node = open_.front();
      open_.pop_front();
      if (node.shape == Shape::inside && left_.accepts(node.left) && right_.accepts(node.right))
        return spell(node);
      expand(node);
    }
    return std::nullopt;
  }

 private:
  struct Side {
    Side(const Glob& glob, Reading reading)
        : pattern(glob.pattern_), files(reading == Reading::likely && glob.means_files()) {}
    [[nodiscard]] std::size_t size() const { return pattern.states().size(); }
    [[nodiscard]] const PathPattern::State& at(std::size_t state) const { return pattern.states()[state]; }
    [[nodiscard]] bool accepts(std::size_t state) const {
      if (state + 1 == size()) return !files;
      return state + 2 == size() && !pattern.directory_only();
    }
    const PathPattern& pattern;
    bool files;
  };
  struct Node {
    std::uint16_t left;
    std::uint16_t right;
    Shape shape;
  };
  struct Step {
    std::uint32_t from = 0;
    unsigned char byte = 0;  // 0: a skip
    bool reached = false;
  };

  [[nodiscard]] std::uint32_t index(const Node& node) const {
    return static_cast<std::uint32_t>((node.left * right_.size() + node.right) * kShapes +
                                      static_cast<std::size_t>(node.shape));
  }

  void reach(const Node& node, Step step, bool costs) {
    Step& known = steps_[index(node)];
    if (known.reached) return;
    known = step;
    if (costs) {
      open_.push_back(node);
    } else {
      open_.push_front(node);
    }
  }

  void expand(const Node& node) {
    const auto& left = left_.at(node.left);
    const auto& right = right_.at(node.right);
    const std::uint32_t from = index(node);
    const ByteSet both = left.on & right.on;
    ByteSet ordinary = both;
    for (const char special : {'\0', '.', '/'})
      ordinary.remove(static_cast<unsigned char>(special));
    const auto go = [&](unsigned char byte) {
      if (const auto shape = advance(node.shape, byte))
        reach({left.next, right.next, *shape}, {from, byte, true}, /*costs=*/true);
    };
    if (const auto byte = ordinary.example()) go(*byte);
    if (both.has('.')) go('.');
    if (both.has('/')) go('/');
    for (const std::uint16_t skip : {left.skip, left.other_skip}) {
      if (skip != PathPattern::kNowhere) reach({skip, node.right, node.shape}, {from, 0, true}, false);
    }
    for (const std::uint16_t skip : {right.skip, right.other_skip}) {
      if (skip != PathPattern::kNowhere) reach({node.left, skip, node.shape}, {from, 0, true}, false);
    }
  }

  [[nodiscard]] std::string spell(const Node& end) const {
    std::string path;
    for (std::uint32_t at = index(end); steps_[at].from != at; at = steps_[at].from) {
      if (steps_[at].byte != 0) path += static_cast<char>(steps_[at].byte);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  Side left_;
  Side right_;
  std::vector<Step> steps_;
  std::deque<Node> open_;
};

std::optional<std::string> common_path(const Glob& left, const Glob& right, Reading reading) {
  return PathSearch(left, right, reading).run();
}

// Breadth first through subsets: which states all globs of both sets are in after the bytes so far. Needed
// only where a set takes back, because then a path counts by what does not match it, too.
class SetSearch {
 public:
  SetSearch(const GlobSet& left, const GlobSet& right, Reading reading) : reading_(reading) {
    for (const auto& rule : left.rules_)
      add(rule, /*of_left=*/true);
    for (const auto& rule : right.rules_)
      add(rule, /*of_left=*/false);
    words_ = states_.size() / 64 + 1;
    find_alphabet();
  }

  Overlap run() {
    constexpr std::size_t kMaxMemory = 64 << 20;  // bytes for the subsets
    const std::size_t limit = std::min(kMaxOverlapStates, kMaxMemory / (words_ * sizeof(std::uint64_t)));
    Subset start(words_, 0);
    for (const Rule& rule : rules_)
      set_bit(start, rule.begin);
    follow_skips(start);
    reach(start, Shape::component_start, {0, 0});
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      if (nodes_.size() > limit) return {Overlap::Answer::possible, {}};
      if (nodes_[at].shape == Shape::inside && matched(*nodes_[at].subset, true) &&
          matched(*nodes_[at].subset, false)) {
        return {Overlap::Answer::certain, spell(at)};
      }
      for (const unsigned char byte : alphabet_) {
        const auto shape = advance(nodes_[at].shape, byte);
        if (!shape) continue;
        Subset next = move(*nodes_[at].subset, byte);
        if (alive(next, true) && alive(next, false)) reach(std::move(next), *shape, {at, byte});
      }
    }
    return {};
  }

 private:
  using Subset = std::vector<std::uint64_t>;
  struct Rule {
    std::size_t begin;  // its states are [begin, end), the last two accept
    std::size_t end;
    bool of_left;
    bool takes_back;
    bool directory_only;
    bool files;
  };
  struct Step {
    std::size_t from;
    unsigned char byte;
  };
  struct Node {
    const Subset* subset;  // a key of seen_
    Shape shape;
    Step step;
  };
  struct Hash {
    std::size_t operator()(const Subset& subset) const {
      std::uint64_t hash = 0;
      for (const std::uint64_t word : subset)
        hash = base::mix(hash ^ word);
      return hash;
    }
  };

  void add(const GlobSet::Rule& rule, bool of_left) {
    const std::size_t begin = states_.size();
    const PathPattern& pattern = rule.glob.pattern_;
    for (const auto& state : pattern.states()) {
      const auto moved = [&](std::uint16_t to) { return to == PathPattern::kNowhere ? kNone : begin + to; };
      states_.push_back({state.on, moved(state.next), moved(state.skip), moved(state.other_skip)});
    }
    rules_.push_back({begin, states_.size(), of_left, rule.takes_back, pattern.directory_only(),
                      reading_ == Reading::likely && rule.glob.means_files()});
  }

  // One byte for each way in which the states tell bytes apart.
  void find_alphabet() {
    std::vector<unsigned> kind(256, 0);
    const auto split = [&kind](const ByteSet& on) {
      std::unordered_map<std::uint64_t, unsigned> renamed;
      for (unsigned byte = 0; byte < 256; ++byte) {
        const std::uint64_t key = kind[byte] * 2 + (on.has(static_cast<unsigned char>(byte)) ? 1 : 0);
        kind[byte] = renamed.emplace(key, static_cast<unsigned>(renamed.size())).first->second;
      }
    };
    for (const char special : {'.', '/'})
      split(ByteSet::of(static_cast<unsigned char>(special)));
    for (const State& state : states_)
      split(state.on);
    std::unordered_map<unsigned, ByteSet> members;
    for (unsigned byte = 1; byte < 256; ++byte)
      members[kind[byte]].add(static_cast<unsigned char>(byte));
    for (const auto& [unused, bytes] : members)
      alphabet_.push_back(*bytes.example());
    const auto rank = [](unsigned char byte) { return (byte >= 'a' && byte <= 'z') ? byte : byte + 256; };
    std::sort(alphabet_.begin(), alphabet_.end(),
              [&rank](unsigned char a, unsigned char b) { return rank(a) < rank(b); });
  }

  void follow_skips(Subset& subset) const {
    for_each_bit(subset, words_, [&](std::size_t at) {
      if (states_[at].skip != kNone) set_bit(subset, states_[at].skip);
      if (states_[at].other_skip != kNone) set_bit(subset, states_[at].other_skip);
    });
  }
  [[nodiscard]] Subset move(const Subset& subset, unsigned char byte) const {
    Subset next(words_, 0);
    for_each_bit(subset, words_, [&](std::size_t at) {
      if (states_[at].on.has(byte)) set_bit(next, states_[at].next);
    });
    follow_skips(next);
    return next;
  }

  [[nodiscard]] bool matched(const Subset& subset, bool left) const {
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
      if (rule->of_left != left) continue;
      const bool below = !rule->files && has_bit(subset, rule->end - 1);
      const bool exact = !rule->directory_only && has_bit(subset, rule->end - 2);
      if (below || exact) return !rule->takes_back;
    }
    return false;
  }
  // Whether a glob of the side that gives paths can still match.
  [[nodiscard]] bool alive(const Subset& subset, bool left) const {
    for (const Rule& rule : rules_) {
      if (rule.of_left != left || rule.takes_back) continue;
      for (std::size_t state = rule.begin; state < rule.end; ++state) {
        if (has_bit(subset, state)) return true;
      }
    }
    return false;
  }

  void reach(Subset subset, Shape shape, Step step) {
    auto& [key, shapes] = *seen_.try_emplace(std::move(subset), 0).first;
    const unsigned bit = 1u << static_cast<unsigned>(shape);
    if ((shapes & bit) != 0) return;
    shapes |= bit;
    nodes_.push_back({&key, shape, step});
  }

  [[nodiscard]] std::string spell(std::size_t at) const {
    std::string path;
    for (; at != 0; at = nodes_[at].step.from)
      path += static_cast<char>(nodes_[at].step.byte);
    std::reverse(path.begin(), path.end());
    return path;
  }

  static constexpr std::size_t kNone = SIZE_MAX;
  struct State {
    ByteSet on;
    std::size_t next;
    std::size_t skip;
    std::size_t other_skip;
  };

  Reading reading_;
  std::vector<State> states_;
  std::vector<Rule> rules_;
  std::size_t words_ = 0;
  std::vector<unsigned char> alphabet_;
  std::unordered_map<Subset, unsigned, Hash> seen_;  // with the shapes it was met in, one bit each
  std::vector<Node> nodes_;
};

// Most often no glob that takes back plays a part: then pairs of globs decide.
Overlap common_path(const GlobSet& left, const GlobSet& right, Reading reading) {
  std::optional<Overlap> best;
  bool taken_back = false;
  for (const auto& mine : left.rules_) {
    if (mine.takes_back) continue;
    for (const auto& theirs : right.rules_) {
      if (theirs.takes_back) continue;
      auto path = common_path(mine.glob, theirs.glob, reading);
      if (!path) continue;
      if (!left.matches(*path) || !right.matches(*path)) {
        taken_back = true;
      } else if (!best || path->size() < best->path.size()) {
        best = Overlap{Overlap::Answer::certain, *std::move(path)};
      }
    }
  }
  if (best) return *best;
  if (!taken_back) return {};
  return SetSearch(left, right, reading).run();
}

}  // namespace fleet::text
