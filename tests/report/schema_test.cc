#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "model/json.h"
#include "report/render.h"
#include "report/sample.h"

namespace fleet::report {
namespace {

using model::Json;

// As much of JSON Schema (draft 7) as report.schema.json uses; another keyword is an error, so that nothing
// in the schema is silently not checked.
class Validator {
 public:
  explicit Validator(Json schema) : schema_(std::move(schema)) {}
  std::vector<std::string> check(const Json& value) {
    problems_.clear();
    check(schema_, value, "");
    return problems_;
  }

 private:
  bool check(const Json& schema, const Json& value, const std::string& path) {
    const std::size_t before = problems_.size();
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "$schema" || keyword == "title" || keyword == "description" || keyword == "definitions")
        continue;
      if (keyword == "properties" || keyword == "additionalProperties") continue;  // with the object, below
      if (!holds(keyword, rule, value, path)) problems_.push_back(path + ": " + keyword + " " + rule.dump());
    }
    if (value.is_object() && (schema.contains("properties") || schema.contains("additionalProperties")))
      check_members(schema, value, path);
    return problems_.size() == before;
  }

  bool holds(const std::string& keyword, const Json& rule, const Json& value, const std::string& path) {
    if (keyword == "$ref")
      return check(schema_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, path);
    if (keyword == "type") return has_type(rule, value);
    if (keyword == "const") return value == rule;
    if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (keyword == "minimum") return value.is_number() && value.get<double>() >= rule.get<double>();
    if (keyword == "maximum") return value.is_number() && value.get<double>() <= rule.get<double>();
    if (keyword == "pattern")
      return std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
    if (keyword == "anyOf") return holds_any(rule, value, path);
    if (keyword == "required")
      return std::all_of(rule.begin(), rule.end(),
                         [&](const Json& name) { return value.contains(name.get<std::string>()); });
    if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
        check(rule, value[i], path + "/" + std::to_string(i));
      return true;
    }
    ADD_FAILURE() << "the schema uses " << keyword << ", which this test does not check";
    return false;
  }

  bool holds_any(const Json& rules, const Json& value, const std::string& path) {
    const std::size_t before = problems_.size();
    const bool found = std::any_of(rules.begin(), rules.end(), [&](const Json& rule) {
      problems_.resize(before);
      return check(rule, value, path);
    });
    problems_.resize(before);
    return found;
  }

  void check_members(const Json& schema, const Json& value, const std::string& path) {
    for (const auto& [name, member] : value.items()) {
      const std::string where = path + "/" + name;
      if (schema.contains("properties") && schema["properties"].contains(name)) {
        check(schema["properties"][name], member, where);
      } else if (const Json& rest = schema["additionalProperties"]; rest.is_object()) {
        check(rest, member, where);
      } else {
        problems_.push_back(where + ": the schema does not know it");
      }
    }
  }

  static bool has_type(const Json& rule, const Json& value) {
    if (rule == "object") return value.is_object();
    if (rule == "array") return value.is_array();
    if (rule == "string") return value.is_string();
    if (rule == "integer") return value.is_number_integer();
    if (rule == "number") return value.is_number();
    return rule == "boolean" && value.is_boolean();
  }

  Json schema_;
  std::vector<std::string> problems_;
};

Validator shipped() {
  std::ifstream file(FLEET_SOURCE_DIR "/src/report/report.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  return Validator(Json::parse(text.str()));
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
