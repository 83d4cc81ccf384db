#pragma once

#include <optional>

#include "model/plan.h"
#include "model/run_event.h"
#include "terminal/terminal.h"

namespace fleet::terminal {

// A listener that writes one JSON object per event and line (`--progress json`). docs/events.md describes
// them. One thread at a time; the plan must outlive it.
class JsonLog {
 public:
  JsonLog(Terminal& terminal, const model::Plan& plan, Stream stream = Stream::out);
  void handle(const model::RunEvent& event);

 private:
  Terminal& terminal_;
  const model::Plan& plan_;
  Stream stream_;
};

}  // namespace fleet::terminal
