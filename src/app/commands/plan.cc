#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/commands/show_plan.h"
#include "plan/render.h"

namespace fleet::app {

Result<base::ExitCode> show_plan(World& world, const PlanRequest& request) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, request.where));
  FLEET_TRY(const Loaded loaded, load(world, checkout, request.workflow, Purpose::look));
  for (const std::string& revision : request.revisions)
    FLEET_CHECK(checkout.repository.resolve(revision));
  switch (request.format) {
    case PlanFormat::tree: {
      const terminal::Look look = world.terminal->look(terminal::Stream::out);
      world.say(plan::to_tree(loaded.plan, {look.width, look.colour, look.unicode}), terminal::Stream::out);
      break;
    }
    case PlanFormat::json:
      world.out(plan::to_json(loaded.plan));
      break;
    case PlanFormat::mermaid:
      world.out(plan::to_mermaid(loaded.plan));
      break;
    case PlanFormat::dot:
      world.out(plan::to_dot(loaded.plan));
      break;
  }
  return world.printed();
}

void add_plan(CLI::App& app, Action& action) {
  auto request = std::make_shared<PlanRequest>();
  add_workflow(app, request->workflow);
  add_where(app, request->where);
  add_limits(app, request->workflow.overrides);
  add_choice<PlanFormat>(app, "--format", request->format, "How the plan is written");
  app.add_flag_callback(
      "--json", [request] { request->format = PlanFormat::json; }, "The same as --format json");
  app.callback(
      [request, &action] { action = [request](World& world) { return show_plan(world, *request); }; });
}

}  // namespace fleet::app
