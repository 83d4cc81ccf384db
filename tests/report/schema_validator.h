#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/json.h"

namespace fleet::report {

using model::Json;

// As much of JSON Schema (draft 7) as the schemas in src/report/ use; another keyword is an error, so that
// nothing in the schema is silently not checked.
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

// One of src/report/.
inline Validator shipped_schema(const std::string& name) {
  std::ifstream file(FLEET_SOURCE_DIR "/src/report/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return Validator(Json::parse(text.str()));
}

}  // namespace fleet::report
