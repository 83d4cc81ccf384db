#include "attempt/merger.h"

#include <fmt/format.h>

#include "git/message.h"

namespace fleet::attempt {
namespace {

std::string branch_name(const Services& services) {
  return fmt::format("{}/{}", services.branch_prefix, services.run);
}

// Where the branch cannot be written, because somebody moved it meanwhile or has it checked out, a ref of the
// run's own keeps the result.
Result<> write_branch(const Services& services, ObjectId commit) {
  const std::string kept = git::result_ref(services.run);
  const git::RefUpdate delivery[] = {
      {git::branch_ref(services.run, services.branch_prefix), commit, services.branch_tip},
      {kept, {}, std::nullopt}};
  Result<> written = services.refs.write(delivery);
  if (written) return {};
  Error error = std::move(written).error();
  error.tried = "deliver to the branch";
  error.on = branch_name(services);
  if (!error.hint.empty()) error.hint += "; ";
  const git::RefUpdate keep{kept, commit, std::nullopt};
  const bool is_kept = services.refs.write(std::span(&keep, 1)) && services.repository.objects().sync();
  error.hint += fmt::format("the result is the commit {}{}: `git merge {}` takes it", commit.hex(),
                            is_kept ? ", kept as " + kept : "", is_kept ? kept : commit.hex());
  return base::fail(std::move(error));
}

}  // namespace

Merger::Merger(const Services& services) : services_(services) {}

Result<git::Integration*> Merger::integration(State& state, const Services& services) {
  if (!state.integration) {
    FLEET_TRY(state.integration, git::Integration::create(services.repository.objects(), services.start));
  }
  return &*state.integration;
}

// A result carries the message of its own commit into the merged chain, but for how many attempts it took:
// that may depend on who was quicker, and the merged commits do not.
Result<git::TaskResult> Merger::with_message(const Services& services, git::TaskResult result) {
  FLEET_TRY(const git::Commit commit, services.repository.objects().read_commit(result.snapshot));
  result.message = git::without_trailer(commit.message, git::kAttemptTrailer);
  return result;
}

git::OnConflict Merger::on_conflict(const Services& services) {
  const bool earlier_wins = services.plan.settings.conflicts.value == model::ConflictStrategy::priority;
  return earlier_wins ? git::OnConflict::earlier_wins : git::OnConflict::report;
}

void Merger::restore(std::vector<git::TaskResult> results, std::function<void(Result<>)> done) {
  services_.merger.submit_for(
      [state = state_, &services = services_, results = std::move(results)]() -> Result<> {
        FLEET_TRY(git::Integration * all, integration(*state, services));
        for (const git::TaskResult& bare : results) {
          FLEET_TRY(const git::TaskResult result, with_message(services, bare));
          FLEET_CHECK(all->restore(result, on_conflict(services)));
        }
        return {};
      },
      std::move(done));
}

void Merger::base(const engine::StartAttempt& start, std::function<void(Result<Base>)> done) {
  if (start.from->empty()) return done(Base{services_.start, services_.start_tree});
  services_.merger.submit_for(
      [state = state_, &services = services_, start]() -> Result<Base> {
        FLEET_TRY(git::Integration * all, integration(*state, services));
        FLEET_TRY(const ObjectId commit, all->merged(*start.from));
        if (commit != state->last_commit) {
          FLEET_TRY(state->last_tree, services.repository.objects().tree_of(commit));
          state->last_commit = commit;
        }
        return Base{commit, state->last_tree};
      },
      std::move(done));
}

void Merger::offer(const engine::Merge& merge, std::function<void(Result<git::Acceptance>)> done) {
  services_.merger.submit_for(
      [state = state_, &services = services_, merge]() -> Result<git::Acceptance> {
        FLEET_TRY(git::Integration * all, integration(*state, services));
        FLEET_TRY(const git::TaskResult result,
                  with_message(services, {merge.task, merge.base, merge.snapshot, {}, merge.from}));
        return all->accept(result,
                           merge.earlier_wins ? git::OnConflict::earlier_wins : git::OnConflict::report);
      },
      std::move(done));
}

void Merger::withdraw(std::vector<TaskIndex> tasks) {
  services_.merger.submit(
      [state = state_, tasks = std::move(tasks)] {
        if (!state->integration) return;
        for (const TaskIndex task : tasks)
          state->integration->withdraw(task);
      },
      [] {});
}

void Merger::publish(std::vector<TaskIndex> accepted, std::function<void(engine::Published)> done) {
  const bool deliver = model::writes_branch(services_.plan.settings.deliver.value) && !accepted.empty();
  services_.merger.submit_for(
      [state = state_, &services = services_, accepted = std::move(accepted),
       deliver]() -> engine::Published {
        const auto publish = [&]() -> Result<engine::Published> {
          FLEET_TRY(git::Integration * all, integration(*state, services));
          FLEET_TRY(const ObjectId commit, all->merged(accepted));
          std::vector<model::Conflict> overridden;
          if (on_conflict(services) == git::OnConflict::earlier_wins) {
            FLEET_TRY(overridden, all->overridden());
          }
          if (!deliver) return engine::Published{{}, commit, {}, std::move(overridden)};
          // What the branch leads to comes before it.
          FLEET_CHECK(services.repository.objects().sync());
          FLEET_CHECK(write_branch(services, commit));
          // It stands now, whatever comes of this: a resume has to know it for its own.
          const Result<> synced = services.repository.objects().sync();
          return engine::Published{branch_name(services), commit, synced ? "" : synced.error().line(),
                                   std::move(overridden)};
        };
        Result<engine::Published> published = publish();
        return published ? *published : engine::Published{{}, {}, published.error().line()};
      },
      std::move(done));
}

std::string result_message(const Services& services, const model::PlannedTask& task, int attempt,
                           const std::string& key, const std::string& summary,
                           const std::optional<model::AgentUse>& use) {
  std::vector<git::Trailer> trailers{
      {std::string(git::kRunTrailer), services.run},
      {std::string(git::kTaskTrailer), task.id},
      {std::string(git::kAttemptTrailer), std::to_string(attempt)},
      {std::string(git::kKeyTrailer), key},
  };
  if (use) {
    const std::string model = use->model.empty() ? "" : fmt::format(" ({})", use->model);
    trailers.push_back({std::string(git::kAgentTrailer), use->agent + model});
    if (use->cost.usd)
      trailers.push_back({std::string(git::kCostTrailer), fmt::format("{:.6f} USD", *use->cost.usd)});
  }
  std::string body = task.spec.description;
  if (!summary.empty()) body += fmt::format("{}{}", body.empty() ? "" : "\n\n", summary);
  return git::compose_message(task.title, body, trailers);
}

}  // namespace fleet::attempt
