#include "os/run_program.h"

#include <algorithm>
#include <optional>

namespace fleet::os {

Result<FinishedProgram> run_program(ProcessSpec spec, std::size_t max_output) {
  FLEET_TRY(const auto loop, EventLoop::create());
  FLEET_TRY(const auto processes, Processes::create(*loop, 0));
  FinishedProgram finished;
  std::optional<Error> error;
  ProcessEvents events;
  events.output = [&](Stream stream, std::string_view bytes) {
    std::string& kept = stream == Stream::out ? finished.out : finished.err;
    const auto room = bytes.substr(0, max_output - kept.size());
    kept += room;
    finished.cut = finished.cut || room.size() < bytes.size();
  };
  events.ended = [&](Result<ProcessEnd> end) {
    if (end) {
      finished.end = *end;
    } else {
      error = std::move(end).error();
    }
    loop->stop();
  };
  processes->start(std::move(spec), std::move(events));
  loop->run();
  if (error) return tl::make_unexpected(std::move(*error));
  return finished;
}

}  // namespace fleet::os
