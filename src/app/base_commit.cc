#include "app/base_commit.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/refs.h"
#include "text/template.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

bool calls_changed(const text::Expression& expression) {
  const auto& calls = expression.calls();
  return std::any_of(calls.begin(), calls.end(),
                     [](const text::Call& call) { return call.function == "changed"; });
}

bool in_text(const std::string& text) {
  const auto parsed = text::Template::parse(text);
  return parsed && std::any_of(parsed->parts().begin(), parsed->parts().end(), [](const auto& part) {
           return part.expression && calls_changed(*part.expression);
         });
}

// A line for the shell holds no expressions.
bool in_command(const model::Command& command) {
  const auto* argv = std::get_if<std::vector<std::string>>(&command.line);
  return argv != nullptr && std::any_of(argv->begin(), argv->end(), in_text);
}

bool in_task(const model::TaskSpec& spec) {
  if (spec.condition) {
    const auto condition = text::Expression::parse(spec.condition->value);
    if (condition && calls_changed(*condition)) return true;
  }
  const auto* command = std::get_if<model::Command>(&spec.work);
  const auto* prompt = std::get_if<model::Prompt>(&spec.work);
  return (command != nullptr && in_command(*command)) || (prompt != nullptr && in_text(prompt->text)) ||
         (spec.rollback && in_command(*spec.rollback)) ||
         std::any_of(spec.checks.begin(), spec.checks.end(), in_command) ||
         std::any_of(spec.env.begin(), spec.env.end(),
                     [](const auto& variable) { return in_text(variable.second); });
}

void say_what_is_missing(const World& world, std::string_view what, std::string_view hint) {
  world.say(
      fmt::format("note: this clone lacks {}, so the pull request is judged by its own rules and gate, and "
                  "changed() compares "
                  "with the start's first parent; {}\n",
                  what, hint));
}

bool is_asked_for(const model::Plan& plan) {
  return std::any_of(plan.tasks.begin(), plan.tasks.end(),
                     [](const model::PlannedTask& task) { return in_task(task.spec); });
}

}  // namespace

Result<std::optional<ObjectId>> named_base(const World& world, const git::Repository& repository,
                                           const std::string& given) {
  if (!given.empty()) return repository.resolve(given);
  const std::optional<std::string> name = world.variable("FLEET_BASE");
  if (!name) return std::nullopt;
  Result<ObjectId> commit = repository.resolve(*name);
  if (!commit) commit.error().on = *name + ", which FLEET_BASE names";
  return commit;
}

Result<std::optional<ObjectId>> base_in_ci(const World& world, const git::Repository& repository,
                                           ObjectId start) {
  if (!world.ci.pull_request) return std::nullopt;
  const forge::PullRequest& pull = *world.ci.pull_request;
  FLEET_TRY(const git::Commit commit, repository.objects().read_commit(start));
  // GitHub has merged the pull request into its target: what that was then is the first parent, and what the
  // event says of it is older.
  const bool is_merge = world.ci.ref == fmt::format("refs/pull/{}/merge", pull.number);
  // Whoever checks the author's branch out may find a merge of the author's there.
  if (is_merge && commit.parents.size() == 2 && (pull.head.is_none() || commit.parents.back() == pull.head)) {
    if (repository.objects().contains(commit.parents.front())) return commit.parents.front();
    say_what_is_missing(world, "the first parent of the merge commit",
                        "give actions/checkout `fetch-depth: 2`");
    return std::nullopt;
  }
  // The event may name no branch, or one that cannot be.
  std::optional<ObjectId> target;
  if (const auto read = git::Refs(repository).read("refs/remotes/origin/" + pull.base_branch)) target = *read;
  if (!target && !pull.base.is_none() && repository.objects().contains(pull.base)) target = pull.base;
  if (target) {
    FLEET_TRY(const std::optional<ObjectId> base, repository.merge_base(start, *target));
    if (base) return base;
  }
  say_what_is_missing(world, "the history that the pull request shares with its target",
                      pull.base_branch.empty()
                          ? "fetch the target branch"
                          : fmt::format("fetch both with more depth: `git fetch --deepen 100 origin {}`",
                                        text::printable(pull.base_branch, text::Newlines::escape)));
  return std::nullopt;
}

Result<ObjectId> base_of(const git::Repository& repository, const std::optional<ObjectId>& told,
                         ObjectId start) {
  if (told) return *told;
  FLEET_TRY(const git::Commit commit, repository.objects().read_commit(start));
  if (commit.parents.empty() || !repository.objects().contains(commit.parents.front())) return ObjectId{};
  return commit.parents.front();
}

void say_when_all_is_changed(const World& world, const model::Plan& plan, ObjectId base) {
  if (!base.is_none() || !is_asked_for(plan)) return;
  world.say(
      "note: changed() is true for everything: the start commit has no parent here; fetch it, or name one "
      "with --base\n");
}

Result<> check_base(const git::Repository& repository, const model::Plan& plan, const std::string& run,
                    ObjectId base) {
  if (base.is_none() || repository.objects().contains(base) || !is_asked_for(plan)) return {};
  return base::fail_input(
      "resume the run", run,
      fmt::format("this clone lacks the commit {} that changed() compares with", base.hex()),
      fmt::format("fetch it: `git fetch origin {}`{}", base.hex(),
                  repository.is_shallow() ? ", or `git fetch --unshallow`" : ""));
}

}  // namespace fleet::app
