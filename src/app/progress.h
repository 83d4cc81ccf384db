#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/session.h"
#include "app/world.h"
#include "model/plan.h"
#include "model/run_event.h"

namespace fleet::app {

// What people see while a run goes on: a listener, with a word in between.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  // What happened before this process went on with the run: not shown again.
  virtual void recall(const model::RunEvent& event) = 0;
  virtual void handle(const model::RunEvent& event) = 0;
  virtual void note(const std::string& text) = 0;
};

// `database` and `run`: where the output of a failed attempt is found.
[[nodiscard]] std::unique_ptr<ProgressView> make_progress(World& world, const model::Plan& plan,
                                                          Progress progress,
                                                          const std::filesystem::path& database,
                                                          const std::string& run);

}  // namespace fleet::app
