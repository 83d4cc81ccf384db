#include <algorithm>
#include <string>

#include "fuzz/fuzz.h"
#include "model/json.h"
#include "plan/planner.h"
#include "workflow/diagnostic_text.h"
#include "workflow/reader.h"

// A workflow file, from its text to the plan. What is wrong is said at a place that the file has, in an order
// and in words that a terminal can show; what is right makes a plan that survives being written and read.
namespace fleet::fuzz {
namespace {

void check_places(const model::Diagnostics& diagnostics, std::string_view source) {
  const auto lines = std::count(source.begin(), source.end(), '\n') + 1;
  model::Location last{1, 1};
  for (const model::Diagnostic& each : diagnostics) {
    require(each.at.line >= 1 && each.at.line <= lines && each.at.column >= 1, "a place in the file",
            each.message);
    require(each.length >= 1, "something is underlined", each.message);
    require(!each.message.empty(), "it is said what is wrong");
    require(last.line < each.at.line || (last.line == each.at.line && last.column <= each.at.column),
            "diagnostics are in the file's order", each.message);
    last = each.at;
  }
}

void check_shown(const std::string& shown) {
  const auto obeyed = [](char c) { return (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f; };
  require(std::none_of(shown.begin(), shown.end(), obeyed), "nothing is shown that a terminal would obey",
          shown);
}

void check_frozen(const model::Plan& plan) {
  const model::Json json = model::to_json(plan);
  const Result<model::Plan> again = model::from_json<model::Plan>(json, "the plan");
  require(again.has_value(), "a plan that was written can be read", again ? "" : again.error().message());
  require(model::to_json(*again) == json, "a plan that was written and read is the same",
          model::dump_json(json));
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const std::string source(fuzz::text_of(data, size));
  const workflow::Reading reading = workflow::read("workflow.yml", source);
  fuzz::check_places(reading.diagnostics, source);
  fuzz::check_shown(workflow::diagnostic_text(reading.diagnostics, source));

  const plan::Planning planning = plan::make(reading.workflow, {});
  fuzz::check_shown(workflow::diagnostic_text(planning.diagnostics, source));
  if (reading.good() && planning.diagnostics.empty()) fuzz::check_frozen(planning.plan);
  return 0;
}
