#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json.h"
#include "report/render.h"
#include "report/sample.h"
#include "report/schema_validator.h"

namespace fleet::report {
namespace {

Validator shipped() {
  return shipped_schema("report.schema.json");
}

Json written(const model::Report& report) {
  return Json::parse(to_json(report));
}

TEST(Schema, TakesWhatIsWritten) {
  model::Report full = sample();
  full.tasks[0].description = "\xff";
  full.tasks[0].forecast = std::chrono::seconds(3);
  model::Outcome& outcome = *full.tasks[0].attempts[0].outcome;
  outcome.base = outcome.snapshot = full.delivery.commit;
  outcome.outputs = {{"version", "1.2"}};
  outcome.paths = {"a\xff"};
  outcome.notes = {"n"};
  outcome.feedback = outcome.output_head = "x";
  outcome.programs = {{"x", std::nullopt, 9}};
  full.tasks[1].attempts[0].outcome->outputs = {{"\xff", "1.2"}};
  full.delivery.error = "no";
  full.delivery.standing = model::BranchStanding::rolled_back;
  full.delivery.tip = full.delivery.start;
  full.requirements[0].requirement.at = {3, 5};
  full.gate = model::GateReport{false, {"2 new findings"}, 2, 1, 0, 3, 7, 79.9, {"a.c: it is too large"}};
  full.tasks[2].attempts[0].finished.reset();
  full.tasks[2].attempts[0].outcome.reset();
  for (const model::Report& report : {full, model::Report{}})
    EXPECT_THAT(shipped().check(written(report)), testing::IsEmpty());
}

TEST(Schema, RefusesWhatIsNotAReport) {
  const Json good = written(sample());
  for (const auto& [place, value] :
       std::vector<std::pair<std::string, Json>>{{"/schema", "fleet-report/2"},
                                                 {"/surprise", 1},
                                                 {"/state", "fine"},
                                                 {"/tasks/0/state", "gone"},
                                                 {"/tasks/0/attempts/0/outcome/usage/wall", "1s"},
                                                 {"/requirements/0/percent", 101},
                                                 {"/started", "yesterday"},
                                                 {"/delivery/commit", "abc"},
                                                 {"/reasons", "because"}}) {
    Json bad = good;
    bad[Json::json_pointer(place)] = value;
    EXPECT_FALSE(shipped().check(bad).empty()) << place;
  }
  Json bad = good;
  bad.erase("totals");
  EXPECT_FALSE(shipped().check(bad).empty());
}

}  // namespace
}  // namespace fleet::report
