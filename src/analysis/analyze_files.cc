#include "analysis/analyze_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "analysis/file_kind.h"
#include "analysis/fingerprint.h"
#include "analysis/known_findings.h"
#include "analysis/scores.h"
#include "base/parallel.h"
#include "base/random.h"

namespace fleet::analysis {
namespace {

using model::FileKind;
using model::Finding;

struct Read {
  std::string path;
  FileAnalysis analysis;
  std::vector<std::string> functions;  // of the metrics, each by its name and its words
  bool is_beside = false;
};

// Whoever makes two functions of the same hash has only his own judged less.
std::vector<std::string> functions_in(const FileAnalysis& analysis, std::string_view bytes) {
  std::vector<std::string> out;
  if (!analysis.metrics || analysis.metrics->functions.empty()) return out;
  std::vector<std::size_t> lines{0};
  for (std::size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1))
    lines.push_back(at + 1);
  lines.push_back(bytes.size());
  for (const model::FunctionMetrics& function : analysis.metrics->functions) {
    const std::size_t first = std::min<std::size_t>(function.at.line, lines.size()) - 1;
    const std::size_t end = std::min<std::size_t>(function.at.end_line, lines.size() - 1);
    const std::size_t begin = lines[first];
    const std::string_view words = bytes.substr(begin, std::max(lines[end], begin) - begin);
    out.push_back(fmt::format("{}\n{:016x}", function.name, base::hash(words)));
  }
  return out;
}

bool is_looked_at(FileKind kind) {
  return kind == FileKind::source || kind == FileKind::text;
}

// Which kinds the base's files were, by path.
using Kinds = std::map<std::string, FileKind, std::less<>>;

bool says_that_it_was_made(FileKind kind) {
  return kind == FileKind::generated || kind == FileKind::minified;
}

// Of one that is not analysed itself.
void keep_reported(const std::vector<Finding>& reported, Read& file) {
  std::set<std::string> rules;
  for (const Finding& finding : reported)
    rules.insert(finding.rule);
  std::erase_if(file.analysis.findings, [&](const Finding& each) { return !rules.contains(each.rule); });
  file.analysis.metrics.reset();
  file.analysis.remarks.clear();
  file.functions.clear();
  file.is_beside = true;
}

Result<std::vector<Read>> analyze_all(const Analyzer& analyzer, const Files& files, const Kinds& before,
                                      const AnalyzeOptions& options) {
  std::vector<Read> out(files.paths.size() + files.beside.size());
  const auto analyze = [&](std::size_t i) {
    const bool is_beside = i >= files.paths.size();
    Read& file = out[i];
    file.path = is_beside ? files.beside[i - files.paths.size()] : files.paths[i];
    const auto at = files.reported.find(file.path);
    std::vector<Finding> reported;
    if (at != files.reported.end()) reported = at->second;
    const auto bytes = files.read(file.path);
    if (!bytes) {
      file.analysis.remarks.push_back("it was not read: " + bytes.error().why);
      set_fingerprints(reported, {});
      file.analysis.findings = std::move(reported);
      return;
    }
    const FileKind now = kind_of(file.path, *bytes);
    const auto was = before.find(file.path);
    const bool hides = says_that_it_was_made(now) && was != before.end() && is_looked_at(was->second);
    file.analysis = analyzer.analyze(file.path, *bytes, options.bounds, hides ? was->second : now, reported);
    if (is_beside) return keep_reported(reported, file);
    file.functions = functions_in(file.analysis, *bytes);
  };
  FLEET_CHECK(base::in_parallel(
      options.threads, out.size(),
      [&](std::size_t begin, std::size_t end) -> Result<> {
        for (std::size_t i = begin; i < end; ++i)
          analyze(i);
        return {};
      },
      1));
  return out;
}

}  // namespace

FileKind judged_kind(const std::string& path, std::string_view bytes, const Files& base) {
  const FileKind now = kind_of(path, bytes);
  if (!says_that_it_was_made(now)) return now;
  if (std::find(base.paths.begin(), base.paths.end(), path) == base.paths.end()) return now;
  const auto before = base.read(path);
  const FileKind was = before ? kind_of(path, *before) : now;
  return is_looked_at(was) ? was : now;
}

Result<model::Analysis> analyze_files(const Analyzer& analyzer, const Files& files, const Files& base,
                                      const AnalyzeOptions& options) {
  FLEET_TRY(const std::vector<Read> before, analyze_all(analyzer, base, {}, options));
  KnownFindings known;
  Kinds kinds;
  std::unordered_multiset<std::string_view> functions;
  for (const Read& file : before) {
    kinds[file.path] = file.analysis.kind;
    functions.insert(file.functions.begin(), file.functions.end());
    for (const Finding& finding : file.analysis.findings)
      known.add(finding.fingerprint);
  }
  FLEET_TRY(std::vector<Read> now, analyze_all(analyzer, files, kinds, options));
  std::sort(now.begin(), now.end(), [](const Read& a, const Read& b) { return a.path < b.path; });
  model::Analysis out;
  for (Read& file : now) {
    if (!file.is_beside) ++out.files[file.analysis.kind];
    for (std::size_t i = 0; i < file.functions.size(); ++i) {
      const auto was_there = functions.find(file.functions[i]);
      if (was_there == functions.end()) continue;
      functions.erase(was_there);
      file.analysis.metrics->functions[i].is_known = true;
    }
    if (file.analysis.metrics) out.metrics.push_back(*std::move(file.analysis.metrics));
    for (std::string& remark : file.analysis.remarks)
      out.remarks.push_back({file.path, std::move(remark)});
    for (Finding& finding : file.analysis.findings) {
      const bool was_there = known.take(finding.fingerprint);
      finding.is_known = finding.is_known || was_there;
      finding.is_below_threshold =
          finding.severity > options.severity || finding.confidence < options.confidence;
      out.findings.push_back(std::move(finding));
    }
  }
  std::optional<double> coverage;
  if (options.coverage != nullptr) {
    std::vector<std::string> sources;
    for (const model::FileMetrics& file : out.metrics)
      sources.push_back(file.path);
    coverage = options.coverage->of(sources).percentage();
  }
  out.scores = scores_of(analyzer, out, coverage);
  return out;
}

}  // namespace fleet::analysis
