#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "text/ascii.h"
#include "text/glob.h"
#include "text/template.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

using text::Call;
using text::Comparison;
using text::Expression;
using text::Reference;
using text::TruthComparison;
using text::TruthTest;
using text::Wanted;

// What people know from elsewhere, and what to write here.
struct Elsewhere {
  std::string_view root;
  std::string_view instead;
};
constexpr Elsewhere kElsewhere[] = {
    {"secrets", "name it in the task's `secrets`: its programs find it in their environment"},
    {"github", "use `run`, `inputs` or `env`"},
    {"vars", "use `inputs` or `env`"},
    {"steps", "use `needs.<task>.outputs.<name>`"},
    {"jobs", "use `needs.<task>.outputs.<name>`"},
};

// Words of ours for how a task ended, which the language of GitHub has others for.
struct OwnWord {
  std::string_view word;
  std::string_view instead;
};
constexpr OwnWord kOwnWords[] = {
    {"done", "success"},       {"succeeded", "success"}, {"failed", "failure"},
    {"canceled", "cancelled"}, {"error", "failure"},
};

std::vector<std::string_view> roots_of(Scope scope) {
  switch (scope) {
    case Scope::run:
      return {"inputs", "run"};
    case Scope::planning:
      return {"matrix", "inputs", "env"};
    default:
      return {"needs", "matrix", "inputs", "env", "run"};
  }
}

bool is_result(const Reference& reference) {
  return reference.root == "needs" && reference.path.size() == 2 && reference.path[1] == "result";
}

// Whether its value is a text, or a list of texts.
bool is_text(const Reference& reference) {
  if (reference.root == "needs")
    return is_result(reference) || (reference.path.size() == 3 && reference.path[1] == "outputs");
  constexpr std::array kOfTexts{"inputs", "matrix", "env", "run"};
  return reference.path.size() == 1 &&
         std::find(kOfTexts.begin(), kOfTexts.end(), reference.root) != kOfTexts.end();
}

class Checker {
 public:
  explicit Checker(Reader& reader) : reader_(reader), workflow_(reader.workflow) {
    for (const model::WorkflowTask& task : workflow_.tasks)
      tasks_.emplace(task.id, &task);
    for (const model::InputSpec& input : workflow_.inputs)
      inputs_.insert(input.name);
  }

  void check(const ExpressionUse& use) {
    if (!use_ || use_->task != use.task) needs_.clear();
    use_ = &use;
    const std::string_view text = use.node.text();
    if (use.scope == Scope::condition) {
      const Condition condition = condition_of(text);
      if (const std::size_t inner = condition.text.find("${{"); inner != std::string_view::npos) {
        say(condition.offset + inner, 3, "an `if` is one expression", "remove the `${{` and `}}` within it");
        return;
      }
      if (const auto parsed = Expression::parse(condition.text)) {
        check(*parsed, condition.offset, Wanted::truth);
      } else {
        say(condition.offset + parsed.error().offset, parsed.error().length, parsed.error().message,
            parsed.error().suggestion);
      }
      return;
    }
    const auto parsed = text::Template::parse(text);
    if (!parsed) {
      say(parsed.error().offset, parsed.error().length, parsed.error().message, parsed.error().suggestion);
      return;
    }
    for (const text::Template::Part& part : parsed->parts()) {
      if (part.expression) check(*part.expression, part.expression_offset, Wanted::value);
    }
  }

 private:
  void say(std::size_t offset, std::size_t length, std::string message, std::string suggestion) {
    reader_.problems.add_within(use_->node, offset, length, std::move(message), std::move(suggestion));
  }

  void check(const Expression& expression, std::size_t start, Wanted wanted) {
    for (const Reference& reference : expression.references())
      check(reference, start + reference.offset);
    for (const Call& call : expression.calls())
      check(call, start + call.offset);
    for (const Comparison& comparison : expression.comparisons())
      check(comparison, expression.references()[comparison.reference], start + comparison.offset);
    for (const TruthComparison& comparison : expression.truth_comparisons())
      check(comparison, expression.references()[comparison.reference], start + comparison.offset);
    for (const TruthTest& test : expression.truth_tests(wanted))
      check(test, expression.references()[test.reference], start);
  }

  // `if: inputs.deploy` would hold for `false` as well: all values are texts.
  void check(const TruthTest& test, const Reference& reference, std::size_t start) {
    if (!is_text(reference)) return;
    const std::size_t offset = start + reference.offset;
    const std::string_view written = use_->node.text().substr(offset, reference.length);
    const auto [is, is_not] = test.negated ? std::pair("!=", "==") : std::pair("==", "!=");
    std::string suggestion = test.negated ? fmt::format("instead of `!{}` write ", written) : "write ";
    suggestion +=
        is_result(reference)
            ? fmt::format("`{} {} 'success'`", written, is)
            : fmt::format("`{0} {1} 'true'`, or `{0} {2} ''` where only an empty text counts as false",
                          written, is, is_not);
    say(offset, reference.length,
        fmt::format("{} is a text, and any but an empty one counts as true", quote(written)),
        std::move(suggestion));
  }

  void check(const TruthComparison& comparison, const Reference& reference, std::size_t offset) {
    if (!is_text(reference)) return;
    say(offset, comparison.length,
        fmt::format("what `{0}` holds are texts, and no text `{1}` equals the truth value `{1}`",
                    reference.root, comparison.value),
        is_result(reference) ? fmt::format("write `'{}'`", comparison.value ? "success" : "failure")
                             : fmt::format("write `'{}'`", comparison.value));
  }

  // A text that no result ever is would leave its task out for good.
  void check(const Comparison& comparison, const Reference& reference, std::size_t offset) {
    if (!is_result(reference)) return;
    const auto is_it = [&](std::string_view word) {
      return text::equal_ignoring_case(word, comparison.text);
    };
    if (std::any_of(text::kNeedResults.begin(), text::kNeedResults.end(), is_it)) return;
    const auto own = std::find_if(std::begin(kOwnWords), std::end(kOwnWords),
                                  [&](const OwnWord& each) { return is_it(each.word); });
    say(offset, comparison.length, fmt::format("{} is never the result of a task", quote(comparison.text)),
        own != std::end(kOwnWords)
            ? fmt::format("did you mean `{}`?", own->instead)
            : reader_.problems.did_you_mean(
                  comparison.text, text::kNeedResults,
                  fmt::format("it is one of: {}", fmt::join(text::kNeedResults, ", "))));
  }

  void check(const Call& call, std::size_t offset) {
    const bool asks_how_needs_ended = call.needs_run && call.function != "changed";
    if (use_->scope != Scope::condition && asks_how_needs_ended) {
      say(offset, call.function.size(), fmt::format("`{}()` can only be asked in `if`", call.function), "");
    } else if ((use_->scope == Scope::planning || use_->scope == Scope::run) && call.needs_run) {
      say(offset, call.function.size(),
          fmt::format("`{}()` is known only when the task starts", call.function),
          "use it in `if`, `env`, a prompt or an argv list");
    }
    if (call.function != "changed") return;
    for (const auto& glob : call.arguments) {
      if (!glob) continue;
      if (const auto good = text::GlobSet::parse({*glob}); !good) {
        say(offset, call.function.size(), fmt::format("{} is not a glob: {}", quote(*glob), good.error().why),
            good.error().hint);
      }
    }
  }

  void check(const Reference& reference, std::size_t offset) {
    const std::vector<std::string_view> roots = roots_of(use_->scope);
    if (std::find(roots.begin(), roots.end(), reference.root) == roots.end()) {
      check_unknown_root(reference, offset, roots);
      return;
    }
    if (reference.path.empty() || !reference.path[0]) return;  // the whole, or computed
    if (reference.root == "needs") {
      check_need(reference, offset);
    } else if (!is_known(reference.root, *reference.path[0])) {
      check_unknown_name(reference, offset);
    } else if (reference.root == "env" && use_->scope == Scope::planning && is_late(*reference.path[0])) {
      say(offset, reference.length,
          fmt::format("{} is known only when the task starts", quote("env." + *reference.path[0])),
          "names, globs and paths may use `matrix`, `inputs`, and the parts of `env` that need nothing else");
    }
  }

  // Whether the value of this variable uses what is not there yet when the run is planned.
  [[nodiscard]] bool is_late(const std::string& variable) const {
    const auto all = environments();
    const auto from =
        std::find_if(all.begin(), all.end(), [&](const auto* env) { return env->count(variable) > 0; });
    const auto value = text::Template::parse((*from)->at(variable));
    text::Context planned;
    planned.roots = {{"matrix", {}}, {"inputs", {}}};
    return value && std::any_of(value->parts().begin(), value->parts().end(), [&](const auto& part) {
             return part.expression && !part.expression->can_be_evaluated(planned);
           });
  }

  void check_unknown_name(const Reference& reference, std::size_t offset) {
    const std::string& name = *reference.path[0];
    const std::vector<std::string_view> known = names_under(reference.root);
    if (reference.root == "matrix" && known.empty()) {
      say(offset, reference.length, "this task has no matrix",
          fmt::format("add `matrix: {{{}: [...]}}`", name));
      return;
    }
    constexpr std::size_t kShown = 10;
    const std::span<const std::string_view> first(known.data(), std::min(known.size(), kShown));
    std::string otherwise = known.empty() ? fmt::format("`{}` is empty here", reference.root)
                                          : fmt::format("it has: {}{}", fmt::join(first, ", "),
                                                        known.size() > kShown ? ", ..." : "");
    say(offset, reference.length, fmt::format("there is no {} in `{}`", quote(name), reference.root),
        reader_.problems.did_you_mean(name, known, std::move(otherwise)));
  }

  void check_unknown_root(const Reference& reference, std::size_t offset,
                          const std::vector<std::string_view>& roots) {
    const auto all = roots_of(Scope::condition);
    if (std::find(all.begin(), all.end(), reference.root) != all.end()) {
      say(offset, reference.length, fmt::format("`{}` is not known yet where this is read", reference.root),
          fmt::format("only {} can be used here", fmt::join(roots, ", ")));
      return;
    }
    const auto known = std::find_if(std::begin(kElsewhere), std::end(kElsewhere),
                                    [&](const Elsewhere& each) { return each.root == reference.root; });
    say(offset, reference.root.size(), fmt::format("expressions know no {}", quote(reference.root)),
        known != std::end(kElsewhere)
            ? std::string(known->instead)
            : reader_.problems.did_you_mean(reference.root, roots,
                                            fmt::format("they know: {}", fmt::join(roots, ", "))));
  }

  void check_need(const Reference& reference, std::size_t offset) {
    const std::string& name = *reference.path[0];
    if (!is_known("needs", name)) {
      const bool exists = tasks_.count(name) > 0;
      say(offset, reference.length,
          exists ? fmt::format("this task does not need {}", quote(name))
                 : fmt::format("there is no task {}", quote(name)),
          exists ? fmt::format("add it: `needs: [{}]`", name)
                 : reader_.problems.did_you_mean(name, names_under("needs")));
      return;
    }
    const auto found = tasks_.find(name);
    if (reference.path.size() < 2 || !reference.path[1] || found == tasks_.end()) return;
    const std::string& what = *reference.path[1];
    if (what != "outputs" && what != "result") {
      say(offset, reference.length, fmt::format("a needed task has no {}", quote(what)),
          fmt::format("it has `outputs` and `result`: `needs.{}.outputs.{}`", name, what));
      return;
    }
    if (what == "result" || reference.path.size() < 3 || !reference.path[2]) return;
    const std::vector<std::string>& outputs = found->second->outputs;
    if (std::find(outputs.begin(), outputs.end(), *reference.path[2]) != outputs.end()) return;
    say(offset, reference.length,
        fmt::format("the task {} has no output {}", quote(name), quote(*reference.path[2])),
        reader_.problems.did_you_mean(*reference.path[2], outputs,
                                      fmt::format("add `outputs: [{}]` to it", *reference.path[2])));
  }

  [[nodiscard]] const model::WorkflowTask* task() const {
    return use_->task < workflow_.tasks.size() ? &workflow_.tasks[use_->task] : nullptr;
  }

  // The maps that make up `env` here, the one that stands above the others first.
  [[nodiscard]] std::vector<const std::map<std::string, std::string>*> environments() const {
    std::vector<const std::map<std::string, std::string>*> all;
    if (task()) all.push_back(&task()->env);
    all.push_back(&workflow_.defaults.env);
    all.push_back(&workflow_.env);
    return all;
  }

  // Quick, also for a task with thousands of names and of uses.
  bool is_known(std::string_view root, const std::string& name) {
    if (root == "inputs") return inputs_.count(name) > 0;
    if (root == "env") {
      const auto all = environments();
      return std::any_of(all.begin(), all.end(), [&](const auto* env) { return env->count(name) > 0; });
    }
    if (root == "needs" && task() && needs_.empty()) {
      for (const model::Text& need : task()->needs)
        needs_.insert(need.value);
    }
    if (root == "needs") return needs_.count(name) > 0;
    const std::vector<std::string_view> few = names_under(root);
    return std::find(few.begin(), few.end(), name) != few.end();
  }

  [[nodiscard]] std::vector<std::string_view> names_under(std::string_view root) const {
    std::vector<std::string_view> names;
    if (root == "run") names.emplace_back("id");
    if (root == "inputs") names.assign(inputs_.begin(), inputs_.end());
    if (root == "env") {
      for (const auto* env : environments()) {
        for (const auto& entry : *env)
          names.push_back(entry.first);
      }
    }
    if (root == "matrix" && task()) {
      for (const auto& axis : task()->matrix)
        names.push_back(axis.first);
    }
    if (root == "needs" && task()) {
      for (const model::Text& need : task()->needs)
        names.push_back(need.value);
    }
    return names;
  }

  Reader& reader_;
  const model::Workflow& workflow_;
  const ExpressionUse* use_ = nullptr;
  std::unordered_map<std::string_view, const model::WorkflowTask*> tasks_;
  std::set<std::string_view> inputs_;
  std::unordered_set<std::string_view> needs_;  // of the task that is being looked at
};

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

}  // namespace

Condition condition_of(std::string_view text) {
  const std::string_view outer = trimmed(text);
  const bool braced = outer.size() >= 5 && outer.starts_with("${{") && outer.ends_with("}}");
  const std::string_view inner = trimmed(braced ? outer.substr(3, outer.size() - 5) : outer);
  return {inner, inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - text.data())};
}

void check_expressions(Reader& reader) {
  if (reader.expressions.empty()) return;
  Checker checker(reader);
  for (const ExpressionUse& use : reader.expressions) {
    if (reader.problems.full()) return;
    checker.check(use);
  }
}

}  // namespace fleet::workflow
