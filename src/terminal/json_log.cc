#include "terminal/json_log.h"

#include "model/json.h"

namespace fleet::terminal {

JsonLog::JsonLog(Terminal& terminal, const model::Plan& plan, Stream stream)
    : terminal_(terminal), plan_(plan), stream_(stream) {}

void JsonLog::handle(const model::RunEvent& event) {
  model::Json json = model::to_json(event);
  if (event.task) json["task_id"] = plan_.task(*event.task).id;
  if (event.other) json["other_id"] = plan_.task(*event.other).id;
  terminal_.write(stream_, model::dump_json(json) + "\n");
}

}  // namespace fleet::terminal
