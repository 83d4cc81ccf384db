#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

constexpr double kMostMoney = 1e9;  // USD

const Key<model::AskWhenFailed> kAskKeys[] = {
    {"at",
     [](Reader& r, yaml::Node v, model::AskWhenFailed& ask) { ask.share = read_share(r, v).value_or(0); }},
    {"otherwise",
     [](Reader& r, yaml::Node v, model::AskWhenFailed& ask) {
       ask.otherwise = read_word<model::FailureAnswer>(r, v).value_or(ask.otherwise);
     }},
};

void read_ask(Reader& reader, yaml::Node node, model::Limits& limits) {
  model::AskWhenFailed ask;
  read_keys(reader, node, "`ask-when-failed`", kAskKeys, ask);
  if (node.is_mapping() && !find(node, "at")) {
    reader.problems.add(node, "`ask-when-failed` does not say at which share", "add `at: 25%`");
  }
  limits.ask_when_failed = ask;
}

const Key<model::Limits> kLimitKeys[] = {
    {"parallel", [](Reader& r, yaml::Node v,
                    model::Limits& limits) { limits.parallel = read_integer(r, v, 1, kMostParallel); }},
    {"duration",
     [](Reader& r, yaml::Node v, model::Limits& limits) { limits.duration = read_duration(r, v); }},
    {"cost",
     [](Reader& r, yaml::Node v, model::Limits& limits) { limits.cost = read_number(r, v, 0, kMostMoney); }},
    {"ask-when-failed", read_ask},
    {"stop-when-failed",
     [](Reader& r, yaml::Node v, model::Limits& limits) { limits.stop_when_failed = read_share(r, v); }},
};

const Key<model::Defaults> kDefaultKeys[] = {
    {"timeout",
     [](Reader& r, yaml::Node v, model::Defaults& defaults) { defaults.timeout = read_duration(r, v); }},
    {"retry", [](Reader& r, yaml::Node v, model::Defaults& defaults) { read_retry(r, v, defaults.retry); }},
    {"priority", [](Reader& r, yaml::Node v,
                    model::Defaults& defaults) { defaults.priority = read_word<model::Priority>(r, v); }},
    {"env", [](Reader& r, yaml::Node v,
               model::Defaults& defaults) { defaults.env = read_environment(r, v, Scope::run); }},
    {"sandbox",
     [](Reader& r, yaml::Node v, model::Defaults& defaults) { read_sandbox(r, v, defaults.sandbox); }},
};

const Key<model::Workflow> kConflictKeys[] = {
    {"strategy",
     [](Reader& r, yaml::Node v, model::Workflow& workflow) {
       workflow.conflicts = read_word<model::ConflictStrategy>(r, v).value_or(workflow.conflicts);
       workflow.conflicts_at = v.at();
     }},
};

const Key<model::Gate> kFindingKeys[] = {
    {"new", [](Reader& r, yaml::Node v,
               model::Gate& gate) { gate.new_findings = read_word<model::Severity>(r, v); }},
    {"allow", [](Reader& r, yaml::Node v,
                 model::Gate& gate) { gate.allow = read_integer(r, v, 0, 1'000'000).value_or(0); }},
};

void read_license_list(Reader& r, yaml::Node node, std::vector<std::string>& into) {
  if (node.is_sequence() && node.empty())
    r.problems.add(node, "the list of licences is empty", "leave the key out to name none");
  for (const yaml::Node item : read_list(r, node, "a list of licences"))
    into.push_back(read_line(r, item));
}

const Key<model::LicensePolicy> kLicenseKeys[] = {
    {"allow", [](Reader& r, yaml::Node v,
                 model::LicensePolicy& licenses) { read_license_list(r, v, licenses.allow); }},
    {"deny",
     [](Reader& r, yaml::Node v, model::LicensePolicy& licenses) { read_license_list(r, v, licenses.deny); }},
    {"unknown", [](Reader& r, yaml::Node v,
                   model::LicensePolicy& licenses) { licenses.unknown = read_word<model::Severity>(r, v); }},
};

const Key<model::Gate> kGateKeys[] = {
    {"findings",
     [](Reader& r, yaml::Node v, model::Gate& gate) {
       read_keys(r, v, "`findings`", kFindingKeys, gate);
       if (v.is_mapping() && !find(v, "new")) {
         r.problems.add(v, "`findings` does not say how bad a new finding must be", "add `new: error`");
       }
     }},
    {"complexity",
     [](Reader& r, yaml::Node v, model::Gate& gate) { gate.complexity = read_integer(r, v, 1, 1'000'000); }},
    {"score", [](Reader& r, yaml::Node v, model::Gate& gate) { gate.score = read_number(r, v, 0, 100); }},
    {"advisories", [](Reader& r, yaml::Node v, model::Gate& gate) { gate.advisories = read_line(r, v); }},
    {"licenses",
     [](Reader& r, yaml::Node v, model::Gate& gate) {
       read_keys(r, v, "`licenses`", kLicenseKeys, gate.licenses.emplace());
       if (v.is_mapping() && !gate.licenses->judges()) {
         r.problems.add(v, "`licenses` allows and denies nothing", "add `deny: [...]`, or `allow: [...]`");
       }
     }},
};

const Key<model::ReportSpec> kReportKeys[] = {
    {"comment",
     [](Reader& r, yaml::Node v, model::ReportSpec& report) {
       report.comment = read_word<model::CommentStyle>(r, v).value_or(report.comment);
     }},
    {"formats",
     [](Reader& r, yaml::Node v, model::ReportSpec& report) {
       report.formats.clear();
       if (v.is_sequence() && v.empty())
         r.problems.add(v, "the list of formats is empty", "leave `formats` out to have the usual ones");
       for (const yaml::Node item : read_list(r, v, "a list of formats")) {
         if (const auto format = read_word<model::ReportFormat>(r, item)) report.formats.push_back(*format);
       }
     }},
};

}  // namespace

void read_limits(Reader& reader, yaml::Node node, model::Limits& into) {
  into.at = node.at();
  read_keys(reader, node, "`limits`", kLimitKeys, into);
}

void read_defaults(Reader& reader, yaml::Node node, model::Defaults& into) {
  read_keys(reader, node, "`defaults`", kDefaultKeys, into);
}

void read_conflicts(Reader& reader, yaml::Node node, model::Workflow& into) {
  if (node.is_scalar()) {
    reader.problems.add(node, "`conflicts` is a mapping",
                        fmt::format("write `conflicts: {{strategy: {}}}`", node.text()));
    return;
  }
  read_keys(reader, node, "`conflicts`", kConflictKeys, into);
}

void read_gate(Reader& reader, yaml::Node node, model::Workflow& into) {
  into.gate.emplace().at = node.at();
  read_keys(reader, node, "`gate`", kGateKeys, *into.gate);
  // What is found of dependencies are findings: without this, none of them would count.
  if ((into.gate->advisories || into.gate->licenses) && !into.gate->new_findings)
    into.gate->new_findings = model::Severity::error;
}

void read_report(Reader& reader, yaml::Node node, model::ReportSpec& into) {
  into.at = node.at();
  read_keys(reader, node, "`report`", kReportKeys, into);
}

}  // namespace fleet::workflow
