#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/flow_facts.h"
#include "base/enum_names.h"
#include "model/finding.h"
#include "model/workflow.h"
#include "syntax/language.h"

// A rule as it is written (docs/rules.md): plain values, nothing compiled.
namespace fleet::analysis {

enum class Category { security, bug, performance, style };
// What the security score takes it for.
enum class Counts { dangerous_call, unsafe_pattern };
// What of a file a regular expression sees.
enum class View { text, code, comment, string, script };
// What a value is. `absent` is of arguments alone; of `tainted` and `clean`, data is followed (flow.h).
enum class Is { literal, built, string, number, name, call, tainted, clean, present, absent };

// `0`, `shell`, `2.shell` (the property of an object), `any`.
struct ArgumentName {
  std::optional<std::uint32_t> position;  // neither position nor keyword: any argument
  std::string keyword;
  std::string property;
  bool operator==(const ArgumentName&) const = default;
};

// One item of `where`.
struct Condition {
  enum class Of { capture, argument, code_around, file, function, any_of };
  enum class Test { is, equals, matches };
  Of of = Of::capture;
  Test test = Test::is;
  bool negated = false;
  std::string capture;                  // without the dollar
  std::vector<ArgumentName> arguments;  // the first of them that the call has
  Is is = Is::literal;
  std::vector<std::string> texts;  // of `equals`: one of them; of `inside`: patterns; else one expression
  std::vector<Condition> any;      // one of them is enough
};

struct Example {
  std::string text;
  model::Location at;
};

struct Rule {
  std::string id;
  std::vector<syntax::Language> languages;  // empty: it is for text, of any kind
  std::vector<std::string> files;           // globs; empty: every file of the languages
  std::string message, why, fix;
  model::Severity severity = model::Severity::warning;
  model::Confidence confidence = model::Confidence::medium;
  Category category = Category::security;
  std::optional<Counts> counts;
  std::vector<std::string> cwe;
  std::string owasp;

  // One of these four has something in it.
  std::vector<std::string> patterns;
  std::vector<std::string> calls;
  std::vector<std::string> expressions;
  std::string query;
  View view = View::text;  // that `expressions` have

  std::vector<Condition> where;
  // Of `is: tainted`: which data matters, and what makes it good. Groups of `flow`.
  std::vector<std::string> sources, sanitizers;
  std::shared_ptr<const FlowFacts> flow;  // of all files that were read together
  std::vector<Example> match, no_match;
  std::string path;  // of the file that it stands in
  model::Location at;
};

}  // namespace fleet::analysis

namespace fleet {
FLEET_ENUM_NAMES(analysis::Category, "security", "bug", "performance", "style");
FLEET_ENUM_NAMES(analysis::Counts, "dangerous-call", "unsafe-pattern");
FLEET_ENUM_NAMES(analysis::View, "text", "code", "comment", "string", "script");
FLEET_ENUM_NAMES(analysis::Is, "literal", "built", "string", "number", "name", "call", "tainted", "clean",
                 "present", "absent");
}  // namespace fleet
