#pragma once

#include <string>
#include <vector>

#include "analysis/rule.h"
#include "yaml/problems.h"

namespace fleet::analysis {

// A rule that is being read, with the places of what is checked when all of it is known.
struct RuleDraft {
  Rule rule;
  std::vector<yaml::Node> patterns, expressions, globs;
  std::vector<yaml::Node> captures;  // that conditions name
  struct Code {
    yaml::Node node;
    bool is_pattern;  // else an expression
  };
  std::vector<Code> of_conditions;
  std::vector<yaml::Node> query, message, arguments;  // at most one; the first condition on an argument
  std::vector<yaml::Node> values;                     // conditions on what a capture is
  std::vector<yaml::Node> around;                     // conditions on the code around
  std::vector<yaml::Node> followed;                   // conditions for which data is followed
  struct Group {
    yaml::Node node;
    bool is_of_sources;  // else of sanitizers
  };
  std::vector<Group> groups;
};

// What the reading of one file shares.
struct RuleReader {
  yaml::Problems& problems;
};

// Items of `where` or `any`: a list of them, or one.
void read_conditions(RuleReader& reader, yaml::Node node, RuleDraft& draft, std::vector<Condition>& into);

// Compiles all that the rule looks for, to say what is wrong with it at its place.
void check_rule(RuleReader& reader, const RuleDraft& draft);

}  // namespace fleet::analysis
