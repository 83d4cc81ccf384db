#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "attempt/attempt.h"
#include "attempt/on_worker.h"
#include "git/tree.h"
#include "os/files.h"
#include "text/key_values.h"

// What an attempt leaves: the snapshot, its outputs, what it keeps, its outcome.
namespace fleet::attempt {
namespace {

constexpr std::size_t kPathsInOutcome = 100;

// Paths of `expect` that are neither in the snapshot nor, as ignored files may be, in the workspace.
Result<std::vector<std::string>> missing_paths(const git::ObjectStore& objects, const model::TaskSpec& spec,
                                               ObjectId tree, const git::Workspace* workspace) {
  std::vector<std::string> missing;
  for (const model::Text& path : spec.expect) {
    FLEET_TRY(const git::Place place, git::look_up(objects, tree, path.value));
    if (place.entry.exists() || !place.folder.is_none()) continue;
    if (workspace != nullptr) {
      FLEET_TRY(const bool there, workspace->holds(path.value));
      if (there) continue;
    }
    missing.push_back(path.value);
  }
  return missing;
}

std::vector<std::string> secrets_in(const std::string& text,
                                    const std::map<std::string, std::string>& secrets) {
  std::vector<std::string> names;
  for (const auto& [name, value] : secrets) {
    if (text::Masker({{name, value}}).mask(text) != text) names.push_back(name);
  }
  return names;
}

bool speaks_of(const model::Outcome& outcome, std::initializer_list<const char*> words) {
  const auto holds = [](const std::string& output, const char* word) {
    return output.find(word) != std::string::npos;
  };
  return std::any_of(words.begin(), words.end(), [&](const char* word) {
    return holds(outcome.output_head, word) || holds(outcome.output_tail, word);
  });
}

// What may be behind a failure, and one who meets it for the first time does not think of.
void add_hints(model::Outcome& outcome, const os::PreparedSandbox& sandbox, bool read_only, bool is_overlay) {
  if (sandbox.is_closed() && speaks_of(outcome, {"Permission denied", "EACCES", "Operation not permitted"})) {
    outcome.notes.push_back(
        fmt::format("its output speaks of a lack of permission: {}the sandbox may be why (`sandbox: {{read: "
                    "[...], write: "
                    "[...]}}` opens it, `mode: off` shows whether it is)",
                    read_only ? "its workspace is read-only, since it has `writes: []`, or " : ""));
  }
  if (is_overlay && speaks_of(outcome, {"Invalid cross-device link", "EXDEV", "Bad owner or permissions"})) {
    outcome.notes.emplace_back(
        "its workspace is an overlay, in which folders that git tracks cannot be renamed, and files of other "
        "users may seem to be nobody's: --overlays never gives it a checkout");
  }
  if (speaks_of(outcome, {"AF_UNIX path too long", "too long for Unix domain socket"})) {
    outcome.notes.emplace_back(
        "the path of a unix socket holds 107 bytes: a shorter folder for workspaces helps (--workspaces "
        "DIR)");
  }
}

}  // namespace

void Attempt::take_snapshot() {
  // Where nothing can have changed and nothing is expected, there is nothing to look at.
  if (!workspace_ && edited_tree_.is_none() && task_.spec.expect.empty()) return judge_snapshot({});
  if (services_.repository.objects().still_contains(base_)) return snapshot();
  // No ref holds where the attempt began, and a `git gc` that prunes at once has taken it. Merged again, it
  // is the same commit.
  merger_.base(start_, [self = shared_from_this()](const Result<Base>& base) {
    if (!base) return self->fail(base.error().line());
    self->snapshot();
  });
}

void Attempt::snapshot() {
  on_worker([self = shared_from_this(),
             use = agent_ ? agent_->use() : std::nullopt] { return self->take(self->facts_.said, use); },
            [this](Result<Taken> taken) {
              if (!taken) return fail(taken.error().line());
              judge_snapshot(*std::move(taken));
            });
}

void Attempt::judge_snapshot(Taken taken) {
  facts_.changes = std::move(taken.changes);
  outcome_.snapshot = taken.commit;
  for (std::string& note : taken.notes)
    outcome_.notes.push_back(std::move(note));
  // It passed its judge and its checks in the run that made it.
  if (is_kept_) return conclude();
  facts_.secrets = std::move(taken.secrets);
  facts_.gate = std::move(taken.gate.failures);
  facts_.gate_feedback = std::move(taken.gate.feedback);
  facts_.missing = std::move(taken.missing);
  read_outputs();
  check(0);
}

// On a worker. The attempt itself waits meanwhile.
Result<Attempt::Taken> Attempt::take(const std::optional<agents::Finish>& said,
                                     const std::optional<model::AgentUse>& use) {
  git::ObjectStore& objects = services_.repository.objects();
  Taken taken;
  if (workspace_) {
    FLEET_TRY(git::WorkspaceSnapshot snapshot, workspace_->snapshot(base_));
    taken.tree = snapshot.tree;
    taken.changes = std::move(snapshot.changes);
    taken.notes = std::move(snapshot.notes);
  } else if (!edited_tree_.is_none()) {
    taken.tree = edited_tree_;
    taken.changes = edits_;
  } else {
    FLEET_TRY(taken.tree, objects.tree_of(base_));
  }
  FLEET_TRY(taken.missing,
            missing_paths(objects, task_.spec, taken.tree, workspace_ ? &*workspace_ : nullptr));
  if (taken.changes.empty()) return taken;
  FLEET_TRY(SecretsFound found, services_.secret_stop.find(taken.changes));
  taken.secrets = std::move(found.secrets);
  std::move(found.notes.begin(), found.notes.end(), std::back_inserter(taken.notes));
  // The last attempt is taken as it is: its change is there for people to see, and the run fails its gate.
  const bool is_good = (!said || said->verdict == model::Verdict::done) && taken.secrets.empty();
  if (services_.gate && start_.retries_left > 0 && is_good) {
    FLEET_TRY(taken.gate, services_.gate->hold(taken.changes));
    if (!taken.gate.note.empty()) taken.notes.push_back(taken.gate.note);
  }
  git::NewCommit commit;
  commit.tree = taken.tree;
  commit.parents = {base_};
  commit.message = result_message(services_, task_, start_.attempt, outcome_.key,
                                  said ? services_.masker.mask(said->summary) : std::string(), use);
  commit.when = services_.started;
  FLEET_TRY(taken.commit, objects.write_commit(commit));
  const auto name = taken.secrets.empty() ? git::attempt_ref : git::withheld_ref;
  const git::RefUpdate update{name(services_.run, task_.id, start_.attempt), taken.commit, std::nullopt};
  // Its objects first: after a power cut, no ref may name what is not there.
  FLEET_CHECK(objects.sync());
  FLEET_CHECK(services_.refs.write(std::span(&update, 1)));
  FLEET_CHECK(objects.sync());
  return taken;
}

// An earlier run came to this result from the same definition and inputs.
void Attempt::take_over(const KeptResult& result) {
  struct Edits {
    ObjectId tree;
    std::vector<model::Change> changes;
  };
  on_worker(
      [&objects = services_.repository.objects(), base = base_,
       snapshot = result.snapshot]() -> Result<Edits> {
        FLEET_TRY(const ObjectId before, objects.tree_of(base));
        Edits edits{before, {}};
        if (snapshot.is_none()) return edits;
        FLEET_TRY(edits.tree, objects.tree_of(snapshot));
        FLEET_TRY(edits.changes, git::diff(objects, before, edits.tree));
        return edits;
      },
      [this, &result](Result<Edits> edits) {
        if (!edits) {
          return work_anew("it could not be kept from the run " + result.run + ": " + edits.error().line());
        }
        is_kept_ = true;
        edited_tree_ = edits->tree;
        edits_ = std::move(edits->changes);
        outcome_.outputs = result.outputs;
        facts_.said = agents::Finish{model::Verdict::done, {}, "kept from the run " + result.run, {}};
        take_snapshot();
      });
}

void Attempt::read_outputs() {
  if (places_.temporary.path.empty()) return;
  // Its programs may have put anything in its place.
  const std::uint32_t owner = services_.user ? services_.user->uid : ::geteuid();
  if (task_.spec.outputs.empty() && !places_.temporary.has_output()) return;
  const auto content = os::read_file_of(owner, places_.temporary.output(), text::kMaxKeyValuesSize);
  if (!content) {
    facts_.bad_outputs = "cannot read $FLEET_OUTPUT: " + content.error().why;
    return;
  }
  // What is wrong with the file may quote a part of a secret.
  const auto masked = text::parse_key_values(services_.masker.mask(*content), "$FLEET_OUTPUT");
  if (!masked) {
    facts_.bad_outputs = masked.error().line();
    return;
  }
  const auto values = text::parse_key_values(*content, "$FLEET_OUTPUT");
  for (const std::string& name : task_.spec.outputs) {
    const auto shown = masked->find(name);
    if (shown == masked->end()) {
      facts_.missing_outputs.push_back(name);
      continue;
    }
    const std::string& value = values && values->contains(name) ? values->at(name) : *content;
    if (value == shown->second) {
      outcome_.outputs[name] = value;
    } else {  // handed on with `***` in it, it would be taken for what the task meant
      facts_.bad_outputs = fmt::format(
          "the output {} holds the secret {}, which is not handed on: a task that needs it names it in its "
          "`secrets`",
          name, fmt::join(secrets_in(value, services_.secrets), ", "));
    }
  }
}

void Attempt::keep(Next next) {
  if (task_.spec.keep.empty() || !workspace_) return next();
  on_worker(
      [self = shared_from_this()]() -> Result<std::vector<std::string>> {
        std::vector<std::string> globs;
        for (const model::Text& glob : self->task_.spec.keep)
          globs.push_back(glob.value);
        const std::filesystem::path store = self->services_.run_folder / "kept" / self->task_.id;
        FLEET_CHECK(os::remove_tree(store));
        FLEET_TRY(git::Kept kept, self->workspace_->take_kept(globs, store));
        if (kept.paths.empty())
          kept.notes.emplace_back("`keep` kept nothing: no ignored file or folder is where it points");
        FLEET_TRY(const std::vector<std::string> secrets, self->services_.secret_stop.find_own_in(store));
        if (!secrets.empty()) {
          FLEET_CHECK(os::remove_tree(store));
          return base::fail_input("keep", secrets.front(),
                                  "it holds the value of a secret, which only `secrets` hands to a task");
        }
        return std::move(kept.notes);
      },
      [this, next = std::move(next)](Result<std::vector<std::string>> notes) {
        if (!notes) {
          facts_.could_not = notes.error().line();
          judgement_ = judge(task_.spec, facts_);
        } else {
          for (std::string& note : *notes)
            outcome_.notes.push_back(std::move(note));
        }
        next();
      });
}

void Attempt::finish() {
  outcome_.verdict = judgement_.verdict;
  outcome_.reason = judgement_.reason;
  outcome_.feedback = judgement_.feedback;
  outcome_.base = base_;
  if (facts_.said) {
    outcome_.summary = facts_.said->summary;
    for (std::string& note : facts_.said->notes)
      outcome_.notes.push_back(std::move(note));
  }
  if (agent_) outcome_.agent = agent_->use();
  if (outcome_.agent)
    outcome_.agent->can_go_on = can_go_on(task_.spec, facts_) && !outcome_.snapshot.is_none();
  outcome_.changes = static_cast<std::uint32_t>(facts_.changes.size());
  for (const model::Change& change : facts_.changes) {
    if (outcome_.paths.size() == kPathsInOutcome) break;
    outcome_.paths.push_back(change.path);
  }
  if (stream_log_) {
    if (auto finished = stream_log_->finish(); !finished)
      outcome_.notes.push_back("its stream is not kept whole: " + finished.error().line());
  }
  if (log_) {
    if (auto finished = log_->finish(); !finished)
      outcome_.notes.push_back("its output is not kept whole: " + finished.error().line());
    outcome_.output_head = log_->head();
    outcome_.output_tail = log_->tail();
    outcome_.output_size = log_->size();
    if (log_->is_in_file()) outcome_.log = log_name();
    if (outcome_.verdict == model::Verdict::failed && sandbox_)
      add_hints(outcome_, *sandbox_, places_.read_only, workspace_ && workspace_->layers());
  }
  // Before the outcome is told: what runs next may need the workspace and the room.
  if (workspace_) return leave_workspace([this] { tell(); });
  const auto self = shared_from_this();
  tell();
  if (!places_.temporary.path.empty()) leave_workspace([] {});
}

void Attempt::tell() {
  told_ = true;
  outcome_.usage.wall = services_.clock.now() - began_;
  inbox_.post(engine::AttemptFinished{start_.task, start_.serial, std::move(outcome_)},
              std::move(facts_.changes));
  over_();
}

}  // namespace fleet::attempt
