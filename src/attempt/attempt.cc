#include "attempt/attempt.h"

#include <fmt/format.h>

#include "agents/agent_key.h"
#include "agents/command_agent.h"
#include "attempt/on_worker.h"
#include "attempt/result_key.h"
#include "base/assert.h"
#include "git/tree.h"
#include "text/template.h"

// The road of an attempt: base, agent, snapshot, checks, verdict. How its programs are run:
// attempt_programs.cc; what is done with what it made: attempt_result.cc.
namespace fleet::attempt {

using model::Verdict;

Attempt::Attempt(const Services& services, Merger& merger, engine::StartAttempt start, engine::Inbox& inbox,
                 std::function<void()> over)
    : services_(services),
      merger_(merger),
      start_(std::move(start)),
      task_(services.plan.task(start_.task)),
      inbox_(inbox),
      over_(std::move(over)) {}

void Attempt::begin() {
  began_ = services_.clock.now();
  facts_.time_limit = task_.timeout.value;
  merger_.base(start_, [self = shared_from_this()](Result<Base> base) {
    if (!base) return self->fail(base.error().line());
    self->base_ = base->commit;
    self->base_tree_ = base->tree;
    self->start_from_ = base->commit;
    if (self->start_.rollback_first && self->task_.spec.rollback && !self->start_.only_kept) {
      return self->undo([self] { self->leave_workspace([self] { self->work(); }); });
    }
    // What a task keeps is not in its snapshot, so it has to make that again.
    const KeptResults& kept = self->services_.kept;
    if (!kept.by_key.empty()) self->outcome_.key = self->key();
    const auto result = kept.by_key.find(self->outcome_.key);
    if (result != kept.by_key.end() && self->task_.spec.keep.empty() && !self->is_stopped()) {
      return self->take_over(result->second);
    }
    const auto why_not = kept.why_not.find(self->task_.id);
    self->work_anew(why_not == kept.why_not.end() ? "" : why_not->second);
  });
}

// Where an earlier run's result cannot be taken over: `why_not`; empty: there is none.
void Attempt::work_anew(const std::string& why_not) {
  if (start_.only_kept) {
    // Nothing was begun here, so there is nothing to undo either.
    judgement_ = is_stopped() ? judge(task_.spec, facts_) : Judgement{Verdict::blocked, why_not, {}};
    return finish();
  }
  if (!why_not.empty() && start_.attempt == 1)
    services_.note(fmt::format("{} runs again: {}", task_.id, why_not));
  work();
}

// Of the result that comes of it. Takes a while to work out.
std::string Attempt::key() const {
  if (!outcome_.key.empty()) return outcome_.key;
  return result_key(services_.plan, services_.keepers, start_.task, base_tree_, start_.needs);
}

void Attempt::work() {
  timer_ = services_.loop.add_timer(task_.timeout.value, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->stop(Verdict::timed_out, false);
  });
  agents::Assignment assignment{task_, start_.attempt, start_.feedback,
                                [this](std::string_view text) { return render(text); }};
  assignment.mask = [this](std::string_view text) { return services_.masker.mask(text); };
  if (start_.link < task_.links.size()) {
    assignment.agent = task_.links[start_.link].agent;
    assignment.who = &services_.plan.agents.at(assignment.agent);
    const auto key = services_.secrets.find(agents::key_variable(*assignment.who));
    if (key != services_.secrets.end()) assignment.key = key->second;
  }
  // A `git gc` that prunes at once may have taken it, where its ref was removed.
  if (!start_.go_on.is_none() && services_.repository.objects().still_contains(start_.go_on)) {
    start_from_ = start_.go_on;
    assignment.goes_on = true;
  }
  assignment.instructions = services_.instructions;
  auto agent = agents::make_agent(assignment);
  if (!agent) return fail(agent.error().line());
  agent_ = *std::move(agent);
  step(agents::Begin{});
}

Result<std::string> Attempt::render(std::string_view text) const {
  const auto parsed = text::Template::parse(text);
  if (!parsed) return base::fail_input("evaluate", std::string(text), parsed.error().message);
  FLEET_TRY(const text::Context known, context(services_.plan, task_, start_.needs, services_.facts));
  return parsed->render(known);
}

void Attempt::stop(Verdict as, bool hurry) {
  hurry_ = hurry_ || hurry;
  if (!is_stopped()) facts_.stopped = as;
  stop_edit_ = true;
  if (undoing_ && !hurry_) return limit_rollback(services_.plan.settings.grace.value);
  if (request_) services_.http.cancel(*request_);
  if (held_) {
    held_.reset();
    net::HttpEnd end;  // so that it knows what it has cost
    end.error = Error{base::Fault::world, "send a request", "", "it was told to stop", {}};
    end.was_sent = false;
    static_cast<void>(agent_->next(agents::RequestEnded{std::move(end)}));
    settle();  // nobody waits for it any more, however long its rollback takes
    services_.loop.post([self = shared_from_this()] { self->conclude(); });
  }
  if (waiting_) {
    services_.loop.cancel(*waiting_);
    services_.loop.post([self = shared_from_this()] { self->waited(); });
  }
  if (!program_) return;
  if (hurry_) {
    services_.processes.kill_now(*program_);
  } else {
    services_.processes.terminate(*program_, services_.plan.settings.grace.value);
  }
}

void Attempt::fail(const std::string& why) {
  if (undoing_) return undone(why);
  if (facts_.could_not.empty()) facts_.could_not = why;
  conclude();
}

void Attempt::step(const agents::Event& event) {
  if (is_stopped()) return conclude();
  agents::Want want = agent_->next(event);
  if (std::holds_alternative<agents::RequestEnded>(event)) settle();
  hear(agent_->talk());
  if (auto* program = std::get_if<agents::RunProgram>(&want)) {
    run_program(std::move(*program),
                [self = shared_from_this()](agents::ProgramEnded ended) { self->step(ended); });
  } else if (auto* edit = std::get_if<agents::EditTree>(&want)) {
    edit_tree(std::move(*edit));
  } else if (const auto* check = std::get_if<agents::RunCheck>(&want)) {
    run_check(check->index);
  } else if (auto* send = std::get_if<agents::SendRequest>(&want)) {
    send_request(std::move(*send));
  } else if (const auto* pause = std::get_if<agents::Wait>(&want)) {
    waiting_ = services_.loop.add_timer(pause->time, [self = shared_from_this()] { self->waited(); });
  } else {
    facts_.said = std::move(std::get<agents::Finish>(want));
    take_snapshot();
  }
}

void Attempt::waited() {
  if (std::exchange(waiting_, std::nullopt)) step(agents::Waited{});
}

void Attempt::hear(const agents::Talk& talk) {
  if (!talk.shown.empty()) {
    if (!log_) log_ = open_log(log_name());
    log_->write(os::Stream::out, talk.shown);
  }
  if (!talk.raw.empty()) {
    if (!stream_log_) stream_log_ = open_log(stream_log_name());
    stream_log_->write(os::Stream::out, talk.raw);
  }
}

// Where the run has a limit on cost, the scheduler holds the money.
void Attempt::send_request(agents::SendRequest send) {
  if (!start_.metered) return transfer(std::move(send));
  if (!send.most) return fail("limits.cost cannot hold: nobody knows what its agent costs");
  most_ = *send.most;
  held_ = std::move(send);
  inbox_.post(engine::CallRequested{{start_.task, start_.serial, ++calls_}, most_});
}

void Attempt::granted(std::uint32_t number) {
  if (held_ && number == calls_) transfer(*std::exchange(held_, std::nullopt));
}

void Attempt::settle() {
  if (!start_.metered) return;
  inbox_.post(engine::CallSettled{{start_.task, start_.serial, calls_}, agent_->charged().value_or(most_)});
}

void Attempt::transfer(agents::SendRequest send) {
  // What the network's thread is given goes on to ours, so that nothing of the attempt ends there.
  request_ =
      services_.http.send(std::move(send.request), std::move(send.reader),
                          [self = shared_from_this(), &loop = services_.loop](net::HttpEnd end) mutable {
                            loop.post([self = std::move(self), end = std::move(end)] {
                              self->request_.reset();
                              self->step(agents::RequestEnded{end});
                            });
                          });
}

void Attempt::edit_tree(agents::EditTree edit) {
  struct Edited {
    Result<std::string> summary;
    std::string key;
    ObjectId tree;
    std::vector<model::Change> changes;
  };
  on_worker(
      [self = shared_from_this(), edit = std::move(edit.edit)]() -> Result<Edited> {
        git::ObjectStore& objects = self->services_.repository.objects();
        if (!self->editor_) {
          FLEET_TRY(const ObjectId tree, objects.tree_of(self->start_from_));
          self->editor_.emplace(objects, tree);
        }
        Edited edited{edit(*self->editor_, self->stop_edit_), self->key(), self->base_tree_, {}};
        if (!edited.summary) return edited;
        FLEET_TRY(edited.tree, self->editor_->write_tree());
        FLEET_TRY(edited.changes, git::diff(objects, self->base_tree_, edited.tree));
        return edited;
      },
      [this](Result<Edited> edited) {
        if (!edited) return fail(edited.error().line());
        outcome_.key = std::move(edited->key);
        if (edited->summary) {
          edited_tree_ = edited->tree;
          edits_ = std::move(edited->changes);
        }
        step(agents::TreeEdited{std::move(edited->summary)});
      });
}

// In a workspace of its own, which is left as soon as the check has ended: what the agent makes is in its
// tree.
void Attempt::run_check(std::size_t index) {
  auto command =
      agents::ready(task_.spec.checks[index], [this](std::string_view text) { return render(text); });
  if (!command) return fail(command.error().line());
  const auto end = [self = shared_from_this()](const agents::ProgramEnded& ended) {
    self->leave_workspace([self, ended] { self->step(ended); });
  };
  const auto start = [self = shared_from_this(), end, command = *std::move(command)] {
    if (self->is_stopped()) return self->leave_workspace([self] { self->conclude(); });
    self->start_program({command.argv, command.shown}, end);
  };
  on_worker(
      [&objects = services_.repository.objects(), tree = edited_tree_, base = base_,
       when = services_.started] {
        return objects.write_commit({tree, {base}, "What a check ran on\n", when});
      },
      [this, start](const Result<ObjectId>& commit) {
        if (!commit) return fail(commit.error().line());
        prepare_workspace(*commit, start);
      });
}

void Attempt::check(std::size_t index) {
  judgement_ = judge(task_.spec, facts_);
  if (judgement_.verdict != Verdict::done || index == task_.spec.checks.size()) return conclude();
  auto command =
      agents::ready(task_.spec.checks[index], [this](std::string_view text) { return render(text); });
  if (!command) return fail(command.error().line());
  run_program({command->argv, command->shown},
              [self = shared_from_this(), index, shown = command->shown](agents::ProgramEnded ended) {
                const auto failure = agents::describe_failure(fmt::format("the check `{}`", shown), ended);
                if (failure) {
                  self->facts_.failed_check = *failure;
                  self->facts_.check_output = std::move(ended.output_tail);
                }
                self->check(index + 1);
              });
}

void Attempt::conclude() {
  judgement_ = is_kept_ && !is_stopped() ? Judgement{Verdict::done, {}, {}} : judge(task_.spec, facts_);
  services_.loop.cancel(timer_);
  outcome_.rollback_due = false;
  if (start_.only_kept || is_kept_) return finish();  // it has begun nothing that could be undone
  const auto end = [self = shared_from_this()] { self->finish(); };
  if (judgement_.verdict == Verdict::done) {
    return keep([self = shared_from_this(), end] {
      if (self->judgement_.verdict == Verdict::done) return end();
      self->undo_failure(end);
    });
  }
  undo_failure(end);
}

void Attempt::undo_failure(Next next) {
  if (task_.spec.rollback && !hurry_) return undo(std::move(next));
  outcome_.rollback_due = task_.spec.rollback.has_value();
  next();
}

}  // namespace fleet::attempt
