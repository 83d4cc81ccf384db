#include "analysis/sarif_run.h"

#include <algorithm>
#include <charconv>

#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxSteps = 500;
constexpr std::size_t kMaxMessage = 4000;

const model::Json* element(const model::Json& list, std::optional<std::uint32_t> index) {
  return index && *index < list.size() && list[*index].is_object() ? &list[*index] : nullptr;
}

// `{0}` becomes the first argument; doubled braces single ones (SARIF 3.11.5).
std::string filled(std::string_view text, const model::Json& arguments) {
  if (arguments.empty()) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      out += c;
      ++i;
      continue;
    }
    std::size_t index = 0;
    const std::size_t end = c == '{' ? text.find('}', i) : std::string_view::npos;
    const bool is_placeholder =
        end != std::string_view::npos &&
        std::from_chars(text.data() + i + 1, text.data() + end, index).ptr == text.data() + end &&
        end > i + 1;
    if (is_placeholder && index < arguments.size() && arguments[index].is_string()) {
      out += arguments[index].get_ref<const std::string&>();
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

// `[the input](1)` is a link to the place with the id 1 (SARIF 3.11.6): its text alone reads well.
std::string without_links(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('['), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t middle = text.find("](");
    const std::size_t end = middle == std::string_view::npos ? middle : text.find(')', middle);
    const bool is_link = end != std::string_view::npos && end > middle + 2 &&
                         std::all_of(text.begin() + middle + 2, text.begin() + end, text::is_ascii_digit);
    const std::string_view label = is_link ? text.substr(1, middle - 1) : std::string_view();
    if (!is_link || label.find('[') != std::string_view::npos) {
      out += '[';
      text.remove_prefix(1);
    } else {
      out += label;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

}  // namespace

SarifRun::SarifRun(const model::Json& run, JsonInput& input, ForeignPlaces& places)
    : run_(run), input_(input), places_(places) {
  const model::Json* tool = input_.object(run, "tool");
  const model::Json* driver = tool == nullptr ? nullptr : input_.object(*tool, "driver");
  if (driver == nullptr) {
    input_.wrong(run, "tool", "a tool with a driver is expected");
    return;
  }
  tool_ = input_.text(*driver, "name");
  if (tool_.empty()) input_.wrong(*driver, "name", "the name of the tool is expected");
  version_ = input_.text(*driver, "semanticVersion");
  if (version_.empty()) version_ = input_.text(*driver, "version");
  read_rules(*driver, 0);
  const auto& extensions = input_.list(*tool, "extensions");
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    if (extensions[i].is_object()) read_rules(extensions[i], i + 1);
  }
  read_overrides(run);
  const std::string unit = input_.text(run, "columnKind");
  if (unit == "utf16CodeUnits" || (unit.empty() && tool_slug(tool_) == "eslint")) unit_ = ColumnUnit::utf16;
}

void SarifRun::read_rules(const model::Json& component, std::size_t index) {
  rules_.resize(std::max(rules_.size(), index + 1));
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

const model::Json* SarifRun::rule_of(const model::Json& reference, const char* id, const char* index) {
  std::size_t component = 0;
  if (const auto* in = input_.object(reference, "toolComponent")) {
    if (const auto extension = input_.number(*in, "index")) component = *extension + 1;
  }
  const auto place = input_.number(reference, index);
  if (place && component < rules_.size() && *place < rules_[component].size())
    return rules_[component][*place];
  std::string name = input_.text(reference, id);
  // `CA1000/1` is a kind of `CA1000`.
  while (!name.empty()) {
    const auto found = rules_by_id_.find(name);
    if (found != rules_by_id_.end()) return found->second;
    const std::size_t slash = name.rfind('/');
    name.resize(slash == std::string::npos ? 0 : slash);
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
  std::string words = input_.text(message, "text");
  const std::string id = input_.text(message, "id");
  const auto look_up = [&](const model::Json* in, const char* strings) {
    const auto* all = in == nullptr ? nullptr : input_.object(*in, strings);
    const auto* one = all == nullptr ? nullptr : input_.object(*all, id.c_str());
    return one == nullptr ? std::string() : input_.text(*one, "text");
  };
  if (words.empty() && !id.empty()) {
    words = look_up(rule.json, "messageStrings");
    if (words.empty()) words = look_up(&run_["tool"]["driver"], "globalMessageStrings");
  }
  if (words.empty()) words = input_.text(message, "markdown");
  for (const char* description : {"shortDescription", "fullDescription"}) {
    if (!words.empty() || rule.json == nullptr) break;
    if (const auto* of_rule = input_.object(*rule.json, description)) words = input_.text(*of_rule, "text");
  }
  words = without_links(filled(words, input_.list(message, "arguments")));
  return text::printable(text::trim(std::string_view(words).substr(0, kMaxMessage)), text::Newlines::keep);
}

std::string SarifRun::base(const std::string& id, int depth) {
  const auto* bases = input_.object(run_, "originalUriBaseIds");
  const auto* location = bases == nullptr ? nullptr : input_.object(*bases, id.c_str());
  if (location == nullptr || depth > 16) return {};
  std::string uri = input_.text(*location, "uri");
  const std::string next = input_.text(*location, "uriBaseId");
  return next.empty() ? uri : base(next, depth + 1) + uri;
}

std::string SarifRun::file(const model::Json& artifact_location) {
  const model::Json* location = &artifact_location;
  std::string uri = input_.text(*location, "uri");
  if (uri.empty()) {
    const auto* artifact = element(input_.list(run_, "artifacts"), input_.number(*location, "index"));
    location = artifact == nullptr ? nullptr : input_.object(*artifact, "location");
    if (location == nullptr) return {};
    uri = input_.text(*location, "uri");
  }
  const std::string id = input_.text(*location, "uriBaseId");
  const bool is_whole = uri.find("://") != std::string::npos || (!uri.empty() && uri.front() == '/');
  if (!id.empty() && !is_whole) {
    std::string folder = base(id, 0);
    if (!folder.empty() && folder.back() != '/') folder += '/';
    uri = folder + uri;
  }
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
  place.path = places_.path(artifact == nullptr ? std::string() : file(*artifact));
  ForeignPlaces::Bounds bounds;
  if (const auto* region = input_.object(*physical, "region")) {
    bounds.line = input_.number(*region, "startLine").value_or(0);
    bounds.column = input_.number(*region, "startColumn").value_or(0);
    bounds.end_line = input_.number(*region, "endLine").value_or(0);
    bounds.end_column = input_.number(*region, "endColumn").value_or(0);
  }
  place.at = places_.region(place.path, bounds, unit_);
  return place;
}

std::vector<model::FlowStep> SarifRun::flow(const model::Json& result) {
  std::vector<model::FlowStep> steps;
  const auto* code = element(input_.list(result, "codeFlows"), 0);
  const auto* thread = code == nullptr ? nullptr : element(input_.list(*code, "threadFlows"), 0);
  if (thread == nullptr) return steps;
  for (const auto& given : input_.list(*thread, "locations")) {
    if (steps.size() == kMaxSteps) break;
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
