#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/diagnostic.h"
#include "syntax/language.h"

// Where data that others control comes into a program, and what makes it good: as it is written beside the
// rules (docs/rules.md), plain values. Rules name them by their groups.
namespace fleet::analysis {

// What a name that is called, or read, gives: `flask.request.args.get`, `*.getParameter`.
struct FlowSource {
  std::string group;  // web, cli, environment, network, file, database
  std::vector<syntax::Language> languages;
  std::string what;                        // `what was sent with the request`, for the steps of a finding
  std::vector<std::string> calls;          // what they return
  std::vector<std::string> members;        // what is read: `sys.argv`, `*.query`
  std::vector<std::string> fills;          // calls that write it into their arguments: `recv`
  std::vector<std::string> parameters_of;  // decorators and annotations: of the function under them
  model::Location at;
};

// What is called with data, and returns it good for some use.
struct Sanitizer {
  std::string group;  // number, html-escaped, shell-quoted, ...
  std::vector<syntax::Language> languages;
  std::vector<std::string> calls;
  model::Location at;
};

struct FlowFacts {
  std::vector<FlowSource> sources;
  std::vector<Sanitizer> sanitizers;
};

}  // namespace fleet::analysis
