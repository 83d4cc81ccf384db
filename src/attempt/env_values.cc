#include "attempt/env_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "text/template.h"

namespace fleet::attempt {
namespace {

using Values = std::map<std::string, std::string>;

bool has_expression(const std::string& text) {
  return text.find("${{") != std::string::npos;
}

Result<text::Template> parse(const std::string& name, const std::string& value) {
  auto parsed = text::Template::parse(value);
  if (parsed) return *std::move(parsed);
  return base::fail_input("evaluate", "env." + name, parsed.error().message);
}

class OwnValues {
 public:
  OwnValues(text::Context context, const Values& outer, const Values& own)
      : context_(std::move(context)), outer_(outer), own_(own) {}

  Result<Values> evaluate() {
    for (const auto& [name, value] : own_)
      FLEET_CHECK(evaluate(name));
    return std::move(known_);
  }

 private:
  Result<> evaluate(const std::string& name) {
    if (known_.contains(name)) return {};
    const std::string& value = own_.at(name);
    if (!has_expression(value)) {
      known_[name] = value;
      return {};
    }
    if (const auto began = std::find(open_.begin(), open_.end(), name); began != open_.end()) {
      return base::fail_input(
          "evaluate", "env." + name,
          fmt::format("it needs itself: {} -> {}", fmt::join(began, open_.end(), " -> "), name));
    }
    FLEET_TRY(const text::Template parsed, parse(name, value));
    open_.push_back(name);
    FLEET_CHECK(evaluate_used(parsed, name));
    open_.pop_back();
    FLEET_TRY(known_[name], parsed.render(seen_by(name)));
    return {};
  }

  // A name that is computed may be any.
  Result<> evaluate_used(const text::Template& parsed, const std::string& name) {
    for (const text::Template::Part& part : parsed.parts()) {
      if (!part.expression) continue;
      for (const text::Reference& reference : part.expression->references()) {
        if (reference.root != "env") continue;
        const bool is_one = !reference.path.empty() && reference.path[0];
        for (const auto& [other, value] : own_) {
          if (other != name && (!is_one || *reference.path[0] == other)) FLEET_CHECK(evaluate(other));
        }
      }
    }
    return {};
  }

  text::Context seen_by(const std::string& name) const {
    text::Context context = context_;
    text::Value& env = context.roots["env"] = text::Value::object();
    for (const auto& [other, value] : outer_)
      env[other] = value;
    for (const auto& [other, value] : known_) {
      if (other != name) env[other] = value;
    }
    return context;
  }

  text::Context context_;
  const Values& outer_;
  const Values& own_;
  Values known_;
  std::vector<std::string> open_;  // being evaluated, each for the one before it
};

}  // namespace

Result<Values> env_values(const text::Context& context, const Values& outer, const Values& own) {
  Values all = outer;
  for (auto& [name, value] : all) {
    if (!has_expression(value)) continue;
    FLEET_TRY(const text::Template parsed, parse(name, value));
    FLEET_TRY(value, parsed.render(context));
  }
  FLEET_TRY(Values mine, OwnValues(context, all, own).evaluate());
  for (auto& [name, value] : mine)
    all[name] = std::move(value);
  return all;
}

}  // namespace fleet::attempt
