#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/foreign_report.h"
#include "analysis/json_input.h"

// Inside sarif.cc: what the results of one run refer to.
namespace fleet::analysis {

// A run: its tool, rules and files. Refers to the document. One thread.
class SarifRun {
 public:
  SarifRun(const model::Json& run, JsonInput& input, ForeignFindings& findings);

  [[nodiscard]] const std::string& tool() const { return tool_; }        // `Semgrep OSS`
  [[nodiscard]] const std::string& version() const { return version_; }  // may be empty

  struct Rule {
    const model::Json* json = nullptr;  // null: the report does not describe it
    std::string_view id;
    std::string_view level;  // that an invocation was told; mostly empty
  };
  [[nodiscard]] Rule rule(const model::Json& result);
  // With placeholders filled in, and links to other places as their text; cut at some thousand bytes.
  [[nodiscard]] std::string message(const model::Json& message, const Rule& rule);

  struct Place {
    std::string path;
    model::Region at;
  };
  [[nodiscard]] Place place(const model::Json& location);
  [[nodiscard]] std::vector<model::FlowStep> flow(const model::Json& result);

 private:
  void read_rules(const model::Json& component, std::size_t index);
  void read_overrides(const model::Json& run);
  // The rule that an object refers to by these members; null: none.
  const model::Json* rule_of(const model::Json& reference, const char* id, const char* index);
  [[nodiscard]] std::string file(const model::Json& artifact_location);
  [[nodiscard]] const std::string& base(std::string_view id);
  // The place of a tool or extension in `rules_`, or of none.
  [[nodiscard]] std::size_t component(const model::Json& reference);

  const model::Json& run_;
  JsonInput& input_;
  ForeignFindings& findings_;
  std::string tool_, version_;
  ColumnUnit unit_ = ColumnUnit::codepoint;
  std::vector<std::vector<const model::Json*>> rules_;  // by component, the tool itself first
  std::unordered_map<std::string_view, const model::Json*> rules_by_id_;
  std::unordered_map<std::string_view, std::size_t> components_;     // by name and by guid, the first with it
  std::unordered_map<const model::Json*, std::string_view> levels_;  // by rule
  std::map<std::string, std::string, std::less<>> bases_;            // that were asked for: addresses by id
};

}  // namespace fleet::analysis
