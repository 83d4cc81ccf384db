#include "analysis/analyzer.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analysis/excerpt.h"
#include "analysis/file_kind.h"
#include "analysis/fingerprint.h"
#include "analysis/hide_secrets.h"
#include "analysis/metrics.h"
#include "analysis/source_lines.h"
#include "analysis/suppressions.h"
#include "syntax/assigning_macros.h"
#include "syntax/language.h"
#include "syntax/tree.h"

namespace fleet::analysis {
namespace {

using model::FileKind;
using model::Finding;

constexpr double kNotUnderstood = 0.05;  // of a file's bytes: a parser stumbles over a macro here and there

// The innermost function around a line; they stand outer before inner.
std::string symbol_at(const model::FileMetrics& metrics, std::uint32_t line) {
  const model::FunctionMetrics* around = nullptr;
  for (const model::FunctionMetrics& function : metrics.functions) {
    if (function.at.line > line) break;
    if (function.at.end_line >= line) around = &function;
  }
  return around != nullptr ? around->name : std::string();
}

std::string_view family_of(std::string_view rule) {
  return rule.substr(0, rule.find('.'));
}

void add_excerpts(std::vector<Finding>& findings, std::string_view bytes) {
  const SourceLines lines(bytes);
  for (Finding& finding : findings) {
    if (!finding.excerpt.empty() || finding.at.line == 0 || finding.at.line > lines.count_lines()) continue;
    // A column is a byte at least: where there are others before it, the excerpt begins earlier.
    const std::size_t width = lines.text(finding.at.line).size();
    const std::size_t column = std::max<std::uint32_t>(finding.at.column, 1) - 1;
    finding.excerpt = excerpt_of(bytes, lines.start(finding.at.line) + std::min(column, width));
  }
}

void sort_by_place(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.at.line, a.at.column, a.rule) < std::tie(b.at.line, b.at.column, b.rule);
  });
}

}  // namespace

Analyzer::Analyzer(const RuleSet& rules, const SecretScanner& secrets) : rules_(rules), secrets_(secrets) {
  for (const Rule& rule : rules.rules()) {
    by_id_.emplace(rule.id, &rule);
    families_.insert(family_of(rule.id));
  }
  for (const SecretRule& rule : secrets.rules())
    secret_ids_.insert(rule.id);
  secret_ids_.insert(kUnfinishedSecrets);
}

const Rule* Analyzer::rule(std::string_view id) const {
  const auto at = by_id_.find(id);
  return at != by_id_.end() ? at->second : nullptr;
}

void Analyzer::look_for_rules(std::string_view path, std::string_view bytes, const syntax::Bounds& bounds,
                              FileAnalysis& into) const {
  std::optional<std::string> plain;  // outlives the tree
  std::optional<syntax::Tree> tree;
  const auto language = syntax::language_of(path, bytes);
  if (into.kind == FileKind::source && language) {
    if (*language == syntax::Language::c || *language == syntax::Language::cpp)
      plain = syntax::assigning_macros_as_declarations(bytes);
    auto parsed = syntax::parse(*language, plain ? *plain : bytes, bounds, syntax::Keep::nodes_and_parsed);
    if (parsed) {
      tree = *std::move(parsed);
      into.metrics = measure(*tree, std::string(path));
      if (tree->error_share() > kNotUnderstood) {
        into.remarks.push_back(fmt::format("{:.0f} % of it was not understood", 100 * tree->error_share()));
      }
    } else {
      into.remarks.push_back(fmt::format("it was not parsed: {}", parsed.error().why));
    }
  }
  RuleResult found = rules_.run({path, bytes, tree ? &*tree : nullptr}, bounds);
  if (!found.gave_up.empty()) into.remarks.push_back(found.gave_up);
  std::move(found.findings.begin(), found.findings.end(), std::back_inserter(into.findings));
  if (into.metrics) {
    for (Finding& finding : into.findings) {
      if (finding.symbol.empty()) finding.symbol = symbol_at(*into.metrics, finding.at.line);
    }
  }
  const std::set<std::string_view> ran(found.ran.begin(), found.ran.end());
  const auto has_run = [&](std::string_view id) {
    if (ran.contains(id) || id.starts_with("secrets.")) return Ran::yes;
    // What other tools have for rules is not known here.
    return by_id_.contains(id) || !families_.contains(family_of(id)) ? Ran::no : Ran::unknown_rule;
  };
  auto about = apply_suppressions(find_suppressions(bytes, tree ? &*tree : nullptr), into.findings, path,
                                  bytes, tree ? &*tree : nullptr, has_run);
  std::move(about.begin(), about.end(), std::back_inserter(into.findings));
}

// Those of secrets hide their values themselves, and say how they begin.
bool Analyzer::is_of_secrets(const Finding& finding) const {
  return finding.tool == "fleet" && secret_ids_.contains(finding.rule);
}

void Analyzer::hide_secrets(std::string_view bytes, const std::vector<ValuePlace>& secrets,
                            std::vector<Finding>& findings) const {
  // Where not all of it was searched for them, or not in the way that rules read it, anything may be one.
  const bool is_utf16 = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
  const bool is_searched = !is_utf16 && std::none_of(findings.begin(), findings.end(), [&](const auto& each) {
    return each.rule == kUnfinishedSecrets && is_of_secrets(each);
  });
  const HiddenSecrets hidden(bytes, secrets);
  if (hidden.empty() && is_searched) return;
  for (Finding& finding : findings) {
    if (is_of_secrets(finding)) continue;
    if (!is_searched) {
      finding.excerpt.clear();
      if (const Rule* own = finding.tool == "fleet" ? rule(finding.rule) : nullptr)
        finding.message = own->message;
    }
    for (std::string* shown : {&finding.message, &finding.excerpt, &finding.symbol})
      *shown = hidden.without(*shown);
    for (model::FlowStep& step : finding.flow)
      step.what = hidden.without(step.what);
  }
}

FileAnalysis Analyzer::analyze(std::string_view path, std::string_view bytes, const syntax::Bounds& bounds,
                               std::optional<FileKind> kind, std::vector<Finding> reported) const {
  FileAnalysis out;
  out.kind = kind.value_or(kind_of(path, bytes));
  std::vector<ValuePlace> secrets;
  out.findings = secrets_.scan(path, bytes, &secrets);
  if (!reported.empty()) add_excerpts(reported, bytes);
  // cppcheck reads what is included, whoever wrote it; of other tools, people choose what they look at.
  const bool is_looked_at = out.kind == FileKind::source || out.kind == FileKind::text;
  for (Finding& finding : reported) {
    if (!is_looked_at && finding.tool == "cppcheck" && !finding.suppression)
      finding.suppression = fmt::format("the file is {}", base::name_of(out.kind));
  }
  std::move(reported.begin(), reported.end(), std::back_inserter(out.findings));
  if (is_looked_at) look_for_rules(path, bytes, bounds, out);
  if (out.kind == FileKind::too_large)
    out.remarks.push_back(fmt::format("it has {} bytes: only secrets were looked for", bytes.size()));
  set_fingerprints(out.findings, bytes);
  hide_secrets(bytes, secrets, out.findings);
  sort_by_place(out.findings);
  return out;
}

}  // namespace fleet::analysis
