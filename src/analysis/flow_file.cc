#include "analysis/flow_file.h"

#include "analysis/rule_fields.h"

namespace fleet::analysis {
namespace {

struct FlowReader {
  yaml::Problems& problems;
};
using SourceKey = yaml::Key<FlowReader, FlowSource>;
using SanitizerKey = yaml::Key<FlowReader, Sanitizer>;

template <class T>
void read_flow_languages(FlowReader& reader, yaml::Node node, T& into) {
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    if (const auto language = read_word<syntax::Language>(reader.problems, each))
      into.languages.push_back(*language);
  }
}

template <class T, std::vector<std::string> T::*names>
void read_flow_names(FlowReader& reader, yaml::Node node, T& into) {
  for (const yaml::Node each : read_texts(reader.problems, node))
    (into.*names).emplace_back(each.text());
}

template <class T>
void read_flow_group(FlowReader& reader, yaml::Node node, T& into) {
  into.group = read_text(reader.problems, node);
  into.at = node.at();
}

const SourceKey kSourceKeys[] = {
    {"group", read_flow_group<FlowSource>},
    {"languages", read_flow_languages<FlowSource>},
    {"what",
     [](FlowReader& r, yaml::Node node, FlowSource& into) { into.what = read_text(r.problems, node); }},
    {"calls", read_flow_names<FlowSource, &FlowSource::calls>},
    {"members", read_flow_names<FlowSource, &FlowSource::members>},
    {"fills", read_flow_names<FlowSource, &FlowSource::fills>},
    {"parameters-of", read_flow_names<FlowSource, &FlowSource::parameters_of>},
};

const SanitizerKey kSanitizerKeys[] = {
    {"group", read_flow_group<Sanitizer>},
    {"languages", read_flow_languages<Sanitizer>},
    {"calls", read_flow_names<Sanitizer, &Sanitizer::calls>},
};

}  // namespace

FlowSource read_flow_source(yaml::Problems& problems, yaml::Node node) {
  FlowReader reader{problems};
  FlowSource source;
  yaml::read_keys(reader, node, "a source", kSourceKeys, source);
  if (!node.is_mapping()) return source;
  if (source.group.empty() || source.what.empty() || source.languages.empty())
    problems.add(node, "the source lacks `group`, `what` or `languages`",
                 "say what kind of data it is, in words too, and where it is one");
  if (source.calls.empty() && source.members.empty() && source.fills.empty() && source.parameters_of.empty())
    problems.add(node, "the source names nothing", "give it `calls`, `members`, `fills` or `parameters-of`");
  return source;
}

Sanitizer read_sanitizer(yaml::Problems& problems, yaml::Node node) {
  FlowReader reader{problems};
  Sanitizer sanitizer;
  yaml::read_keys(reader, node, "a sanitizer", kSanitizerKeys, sanitizer);
  if (node.is_mapping() &&
      (sanitizer.group.empty() || sanitizer.languages.empty() || sanitizer.calls.empty()))
    problems.add(node, "the sanitizer lacks `group`, `languages` or `calls`",
                 "say what it makes good, where, and what is called");
  return sanitizer;
}

}  // namespace fleet::analysis
