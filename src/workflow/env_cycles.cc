#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/template.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

// The variables of one task that use others of it. What the workflow or `defaults` set cannot use them, and
// ends every chain; so does `env.X` in X itself, which is the X of the layer above. Follows
// attempt/env_values.h.
class Environment {
 public:
  static constexpr std::size_t kMostHeight = 100;

  Environment(Reader& reader, yaml::Node env) : reader_(reader) {
    for (const yaml::Entry entry : env.entries()) {
      if (!entry.value.is_scalar() || !has_expression(entry.value.text())) continue;
      if (by_name_.emplace(entry.key.text(), variables_.size()).second) variables_.push_back({entry});
    }
  }

  // Stops at the first that is wrong: what leads there would be wrong by it, too.
  void check() {
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      if (!visit(i)) return;
    }
  }

 private:
  enum class State : std::uint8_t { fresh, open, good };
  struct Variable {
    yaml::Entry entry;
    State state = State::fresh;
    std::size_t height = 1;  // of the longest chain of variables that it needs, itself included
  };

  bool visit(std::size_t index) {
    if (variables_[index].state == State::fresh && !look_into(index)) return false;
    if (variables_[index].state == State::open) return refuse_cycle(index);
    if (variables_[index].height > kMostHeight) return refuse_height(index);
    if (path_.empty()) return true;
    std::size_t& height = variables_[path_.back()].height;
    height = std::max(height, variables_[index].height + 1);
    return true;
  }

  bool look_into(std::size_t index) {
    if (path_.size() == kMostHeight) return refuse_height(index);
    variables_[index].state = State::open;
    path_.push_back(index);
    const auto parsed = text::Template::parse(variables_[index].entry.value.text());
    const bool good =
        !parsed || visit_used(*parsed, index);  // check_expressions() tells of what is no template
    path_.pop_back();
    variables_[index].state = State::good;
    return good;
  }

  bool visit_used(const text::Template& parsed, std::size_t user) {
    for (const text::Template::Part& part : parsed.parts()) {
      if (!part.expression) continue;
      for (const text::Reference& reference : part.expression->references()) {
        if (reference.root == "env" && !visit_used(reference, user)) return false;
      }
    }
    return true;
  }

  // A name that is computed may be any.
  bool visit_used(const text::Reference& reference, std::size_t user) {
    if (!reference.path.empty() && reference.path[0]) {
      const auto used = by_name_.find(*reference.path[0]);
      return used == by_name_.end() || used->second == user || visit(used->second);
    }
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      if (i != user && !visit(i)) return false;
    }
    return true;
  }

  bool refuse_cycle(std::size_t index) {
    std::string shown;
    for (auto at = std::find(path_.begin(), path_.end(), index); at != path_.end(); ++at)
      shown += fmt::format("{} -> ", variables_[*at].entry.key.text());
    const yaml::Node key = variables_[index].entry.key;
    reader_.problems.add(key, fmt::format("the value needs itself: {}{}", shown, key.text()),
                         "write the value of one of them out");
    return false;
  }

  bool refuse_height(std::size_t index) {
    reader_.problems.add(
        variables_[index].entry.key,
        fmt::format("more than {} variables need each other, one after the other, up to this one",
                    kMostHeight),
        "write the value of one of them out");
    return false;
  }

  Reader& reader_;
  std::vector<Variable> variables_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::vector<std::size_t> path_;  // being looked at, each for the one before it
};

}  // namespace

void check_environment_cycles(Reader& reader, yaml::Node env) {
  if (env.is_mapping()) Environment(reader, env).check();
}

}  // namespace fleet::workflow
