#include "app/progress.h"

#include <fmt/format.h>

#include "model/json.h"
#include "store/reader.h"
#include "terminal/json_log.h"
#include "terminal/plain_log.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

// An attempt's outcome is in the database by the time its end is told.
terminal::OutcomeOf outcome_reader(std::filesystem::path database, std::string run, const model::Plan& plan) {
  return [database = std::move(database), run = std::move(run), &plan](
             TaskIndex task, int number) -> std::optional<model::Outcome> {
    auto reader = store::Reader::open(database);
    if (!reader) return std::nullopt;
    const auto row = reader->attempt(run, plan.task(task).id, number);
    if (!row || !*row) return std::nullopt;
    const auto json = model::parse_json((*row)->result_json, "an attempt's outcome");
    if (!json) return std::nullopt;
    auto outcome = model::from_json<model::Outcome>(*json, "an attempt's outcome");
    return outcome ? std::optional(std::move(*outcome)) : std::nullopt;
  };
}

class PlainView final : public ProgressView {
 public:
  PlainView(Terminal& terminal, const model::Plan& plan, terminal::PlainLog::Options options)
      : terminal_(terminal), stream_(options.stream), log_(terminal, plan, std::move(options)) {}
  void recall(const model::RunEvent& event) override { log_.recall(event); }
  void handle(const model::RunEvent& event) override { log_.handle(event); }
  void note(const std::string& text) override {
    terminal_.write(stream_, fmt::format("note: {}\n", text::printable(text)));
  }

 private:
  Terminal& terminal_;
  terminal::Stream stream_;
  terminal::PlainLog log_;
};

class JsonView final : public ProgressView {
 public:
  JsonView(Terminal& terminal, const model::Plan& plan) : terminal_(terminal), log_(terminal, plan) {}
  void recall(const model::RunEvent& /*event*/) override {}
  void handle(const model::RunEvent& event) override { log_.handle(event); }
  void note(const std::string& text) override {
    terminal_.write(terminal::Stream::err, fmt::format("note: {}\n", text::printable(text)));
  }

 private:
  Terminal& terminal_;
  terminal::JsonLog log_;
};

}  // namespace

std::unique_ptr<ProgressView> make_progress(World& world, const model::Plan& plan, Progress progress,
                                            const std::filesystem::path& database, const std::string& run) {
  if (progress == Progress::json) return std::make_unique<JsonView>(*world.terminal, plan);
  terminal::PlainLog::Options options;
  options.github_actions = world.ci.forge == forge::Forge::github;
  options.in_ci = world.ci.forge != forge::Forge::none;
  options.quiet = progress == Progress::quiet;
  options.outcome_of = outcome_reader(database, run, plan);
  options.run = run;
  return std::make_unique<PlainView>(*world.terminal, plan, std::move(options));
}

}  // namespace fleet::app
