#include "analysis/sarif_run.h"

#include <algorithm>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxTemplate = 4000;  // bytes of a message, before and after it is filled in
constexpr std::size_t kMaxUri = 4096;
constexpr std::size_t kMaxRuleId = 1000;
constexpr int kMaxBases = 16;  // that stand on each other

const model::Json* element(const model::Json& list, std::optional<std::uint32_t> index) {
  return index && *index < list.size() && list[*index].is_object() ? &list[*index] : nullptr;
}

// `{0}` becomes the first argument; doubled braces single ones (SARIF 3.11.5).
std::string filled(std::string_view text, const model::Json& arguments) {
  if (arguments.empty()) return std::string(text);
  constexpr std::size_t kMaxDigits = 6;
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() < kMaxTemplate; ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      out += c;
      ++i;
      continue;
    }
    std::size_t index = 0;
    std::size_t end = i + 1;
    while (c == '{' && end < text.size() && end - i <= kMaxDigits && text::is_ascii_digit(text[end]))
      index = index * 10 + static_cast<std::size_t>(text[end++] - '0');
    const bool is_placeholder = end > i + 1 && end < text.size() && text[end] == '}';
    if (is_placeholder && index < arguments.size() && arguments[index].is_string()) {
      out += std::string_view(arguments[index].get_ref<const std::string&>()).substr(0, kMaxTemplate);
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

// Behind `](1)` at `at`; `at` itself where there is no such thing.
std::size_t after_link(std::string_view text, std::size_t at) {
  std::size_t end = at + 2;
  if (text.substr(at, 2) != "](") return at;
  while (end < text.size() && text::is_ascii_digit(text[end]))
    ++end;
  return end > at + 2 && end < text.size() && text[end] == ')' ? end + 1 : at;
}

// `[the input](1)` is a link to the place with the id 1 (SARIF 3.11.6): its text alone reads well. Brackets
// in it have a backslash before them.
std::string without_links(std::string_view text) {
  std::string out;
  std::size_t open = std::string::npos;  // in `out`: the last bracket that may begin a link
  std::size_t escapes = 0;               // behind it
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t end = c == ']' && open != std::string::npos ? after_link(text, i) : i;
    if (c == '\\' && i + 1 < text.size()) {
      out += text.substr(i, 2);
      i += 2;
      ++escapes;
      continue;
    }
    if (end == i) {
      if (c == '[' || c == ']') {
        open = c == '[' ? out.size() : std::string::npos;
        escapes = 0;
      }
      out += c;
      ++i;
      continue;
    }
    std::string label = out.substr(open + 1);
    out.resize(open);
    for (std::size_t at = 0; at < label.size(); ++at) {
      if (escapes > 0 && label[at] == '\\' && at + 1 < label.size()) ++at;
      out += label[at];
    }
    open = std::string::npos;
    i = end;
  }
  return out;
}

}  // namespace

SarifRun::SarifRun(const model::Json& run, JsonInput& input, ForeignFindings& findings)
    : run_(run), input_(input), findings_(findings) {
  const model::Json* tool = input_.object(run, "tool");
  const model::Json* driver = tool == nullptr ? nullptr : input_.object(*tool, "driver");
  if (driver == nullptr) {
    input_.wrong(run, "tool", "a tool with a driver is expected");
    return;
  }
  tool_ = printable_line(input_.text(*driver, "name"), 200);
  if (tool_.empty()) input_.wrong(*driver, "name", "the name of the tool is expected");
  version_ = printable_line(input_.text(*driver, "semanticVersion"), 100);
  if (version_.empty()) version_ = printable_line(input_.text(*driver, "version"), 100);
  read_rules(*driver, 0);
  const auto& extensions = input_.list(*tool, "extensions");
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    if (extensions[i].is_object()) read_rules(extensions[i], i + 1);
  }
  read_overrides(run);
  const std::string_view unit = input_.text(run, "columnKind");
  if (unit == "utf16CodeUnits" || (unit.empty() && tool_slug(tool_) == "eslint")) unit_ = ColumnUnit::utf16;
}

void SarifRun::read_rules(const model::Json& component, std::size_t index) {
  rules_.resize(std::max(rules_.size(), index + 1));
  for (const char* member : {"guid", "name"}) {
    const std::string_view called = input_.text(component, member);
    if (!called.empty()) components_.emplace(called, index);
  }
  for (const auto& rule : input_.list(component, "rules")) {
    const bool is_rule = rule.is_object();
    if (!is_rule) input_.wrong(rule, "", "a rule is expected");
    rules_[index].push_back(is_rule ? &rule : nullptr);
    if (is_rule) rules_by_id_.emplace(input_.text(rule, "id"), &rule);
  }
}

void SarifRun::read_overrides(const model::Json& run) {
  for (const auto& invocation : input_.list(run, "invocations")) {
    if (!invocation.is_object()) continue;
    for (const auto& change : input_.list(invocation, "ruleConfigurationOverrides")) {
      if (!change.is_object()) continue;
      const auto* configuration = input_.object(change, "configuration");
      const auto* descriptor = input_.object(change, "descriptor");
      if (configuration == nullptr || descriptor == nullptr) continue;
      const auto* rule = rule_of(*descriptor, "id", "index");
      if (rule != nullptr) levels_[rule] = input_.text(*configuration, "level");
    }
  }
}

// A component is named by its place among the extensions, its guid or its name; where none of these is said
// it is the tool itself (SARIF 3.54).
std::size_t SarifRun::component(const model::Json& reference) {
  const auto* in = input_.object(reference, "toolComponent");
  if (in == nullptr) return 0;
  if (const auto extension = input_.number(*in, "index")) return std::size_t{*extension} + 1;
  for (const char* member : {"guid", "name"}) {
    const std::string_view called = input_.text(*in, member);
    if (called.empty()) continue;
    const auto found = components_.find(called);
    return found == components_.end() ? rules_.size() : found->second;
  }
  return 0;
}

const model::Json* SarifRun::rule_of(const model::Json& reference, const char* id, const char* index) {
  const std::size_t in = component(reference);
  const auto place = input_.number(reference, index);
  if (place && in < rules_.size() && *place < rules_[in].size()) return rules_[in][*place];
  std::string_view name = input_.text(reference, id).substr(0, kMaxRuleId);
  // `CA1000/1` is a kind of `CA1000`.
  for (int level = 0; level < 4 && !name.empty(); ++level) {
    const auto found = rules_by_id_.find(name);
    if (found != rules_by_id_.end()) return found->second;
    const std::size_t slash = name.rfind('/');
    name = name.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return nullptr;
}

SarifRun::Rule SarifRun::rule(const model::Json& result) {
  Rule rule;
  rule.id = input_.text(result, "ruleId");
  const auto* reference = input_.object(result, "rule");
  if (reference != nullptr) {
    if (rule.id.empty()) rule.id = input_.text(*reference, "id");
    rule.json = rule_of(*reference, "id", "index");
  }
  if (rule.json == nullptr) rule.json = rule_of(result, "ruleId", "ruleIndex");
  if (rule.id.empty() && rule.json != nullptr) rule.id = input_.text(*rule.json, "id");
  if (rule.id.empty()) rule.id = "unnamed";
  if (const auto level = levels_.find(rule.json); level != levels_.end()) rule.level = level->second;
  return rule;
}

std::string SarifRun::message(const model::Json& message, const Rule& rule) {
  std::string_view words = input_.text(message, "text");
  const std::string_view id = input_.text(message, "id");
  const auto look_up = [&](const model::Json* in, const char* strings) {
    const auto* all = in == nullptr ? nullptr : input_.object(*in, strings);
    const auto* one = all == nullptr ? nullptr : input_.object(*all, std::string(id).c_str());
    return one == nullptr ? std::string_view() : input_.text(*one, "text");
  };
  if (words.empty() && !id.empty() && id.size() < kMaxRuleId) {
    words = look_up(rule.json, "messageStrings");
    if (words.empty()) words = look_up(&run_["tool"]["driver"], "globalMessageStrings");
  }
  if (words.empty()) words = input_.text(message, "markdown");
  for (const char* description : {"shortDescription", "fullDescription"}) {
    if (!words.empty() || rule.json == nullptr) break;
    if (const auto* of_rule = input_.object(*rule.json, description)) words = input_.text(*of_rule, "text");
  }
  return without_links(filled(words.substr(0, kMaxTemplate), input_.list(message, "arguments")));
}

const std::string& SarifRun::base(std::string_view id) {
  const auto known = bases_.find(id);
  if (known != bases_.end()) return known->second;
  const auto* bases = input_.object(run_, "originalUriBaseIds");
  std::string uri;
  std::string_view next = id;
  for (int depth = 0; depth < kMaxBases && bases != nullptr && !next.empty() && next.size() < kMaxUri;
       ++depth) {
    const auto* location = input_.object(*bases, std::string(next).c_str());
    if (location == nullptr) break;
    uri.insert(0, input_.text(*location, "uri").substr(0, kMaxUri));
    next = input_.text(*location, "uriBaseId");
  }
  if (!uri.empty() && uri.back() != '/') uri += '/';
  uri.resize(std::min(uri.size(), kMaxUri));
  return bases_.emplace(id, std::move(uri)).first->second;
}

std::string SarifRun::file(const model::Json& artifact_location) {
  const model::Json* location = &artifact_location;
  std::string uri(input_.text(*location, "uri").substr(0, kMaxUri));
  if (uri.empty()) {
    const auto* artifact = element(input_.list(run_, "artifacts"), input_.number(*location, "index"));
    location = artifact == nullptr ? nullptr : input_.object(*artifact, "location");
    if (location == nullptr) return {};
    uri = input_.text(*location, "uri").substr(0, kMaxUri);
  }
  const std::string_view id = input_.text(*location, "uriBaseId");
  const bool is_whole = uri.find("://") != std::string::npos || (!uri.empty() && uri.front() == '/');
  if (!id.empty() && id.size() < kMaxUri && !is_whole) uri = base(id) + uri;
  if (uri.compare(0, 5, "file:") == 0) {
    uri.erase(0, 5);
    // file:///path, file://localhost/path, file:/path; another host stays in the name, where it is seen.
    if (uri.compare(0, 12, "//localhost/") == 0) uri.erase(0, 11);
    if (uri.compare(0, 3, "///") == 0) uri.erase(0, 2);
  } else if (uri.find("://") != std::string::npos) {
    return uri;
  }
  return percent_decoded(uri.substr(0, uri.find_first_of("?#")));
}

SarifRun::Place SarifRun::place(const model::Json& location) {
  Place place;
  const auto* physical = input_.object(location, "physicalLocation");
  if (physical == nullptr) return place;
  const auto* artifact = input_.object(*physical, "artifactLocation");
  place.path = findings_.path(artifact == nullptr ? std::string() : file(*artifact));
  FileLines::Bounds bounds;
  if (const auto* region = input_.object(*physical, "region")) {
    bounds.line = input_.number(*region, "startLine").value_or(0);
    bounds.column = input_.number(*region, "startColumn").value_or(0);
    bounds.end_line = input_.number(*region, "endLine").value_or(0);
    bounds.end_column = input_.number(*region, "endColumn").value_or(0);
  }
  place.at = findings_.lines().region(place.path, bounds, unit_);
  return place;
}

std::vector<model::FlowStep> SarifRun::flow(const model::Json& result) {
  std::vector<model::FlowStep> steps;
  const auto* code = element(input_.list(result, "codeFlows"), 0);
  const auto* thread = code == nullptr ? nullptr : element(input_.list(*code, "threadFlows"), 0);
  if (thread == nullptr) return steps;
  for (const auto& given : input_.list(*thread, "locations")) {
    if (steps.size() == kMaxForeignSteps) break;
    if (!given.is_object()) {
      input_.wrong(given, "", "a location of a thread flow is expected");
      break;
    }
    const auto* shared = element(input_.list(run_, "threadFlowLocations"), input_.number(given, "index"));
    const auto* location = input_.object(given, "location");
    if (location == nullptr && shared != nullptr) location = input_.object(*shared, "location");
    if (location == nullptr) continue;
    Place at = place(*location);
    std::string what;
    if (const auto* said = input_.object(*location, "message")) what = message(*said, {});
    steps.push_back({std::move(at.path), at.at, std::move(what)});
  }
  return steps;
}

}  // namespace fleet::analysis
