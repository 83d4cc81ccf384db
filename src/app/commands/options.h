#pragma once

#include "app/checkout.h"
#include "app/load.h"
#include "app/session.h"

namespace CLI {
class App;
}

// Options that several commands share.
namespace fleet::app {

void add_where(CLI::App& app, Where& where);
void add_workflow(CLI::App& app, WorkflowChoice& choice);
void add_limits(CLI::App& app, plan::Overrides& limits);
void add_session(CLI::App& app, SessionOptions& session);

}  // namespace fleet::app
