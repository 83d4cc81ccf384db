#pragma once

#include "app/command.h"

namespace fleet::app {

void add_run(CLI::App& app, Action& action);
void add_plan(CLI::App& app, Action& action);
void add_resume(CLI::App& app, Action& action);
void add_cancel(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_rollback(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_runs(CLI::App& app, Action& action);
void add_show(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_publish(CLI::App& app, Action& action);
void add_clean(CLI::App& app, Action& action);
void add_rules(CLI::App& app, Action& action);
void add_analyze(CLI::App& app, Action& action);
void add_agents(CLI::App& app, Action& action);
void add_init(CLI::App& app, Action& action);
void add_action(CLI::App& app, Action& action);

}  // namespace fleet::app
