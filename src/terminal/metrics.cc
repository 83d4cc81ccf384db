#include "terminal/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "terminal/style.h"
#include "terminal/table.h"

namespace fleet::terminal {
namespace {

using text::Align;

constexpr double kGoodScore = 80;
constexpr double kFairScore = 60;
constexpr std::uint32_t kManyPaths = 10;  // McCabe's own bound for a function

struct Sums {
  std::uint64_t code = 0, comment = 0, blank = 0;
  std::size_t functions = 0, classes = 0;
};

Sums sums_of(const std::vector<model::FileMetrics>& files) {
  Sums sums;
  for (const model::FileMetrics& file : files) {
    sums.code += file.lines.code;
    sums.comment += file.lines.comment;
    sums.blank += file.lines.blank;
    sums.functions += file.functions.size();
    sums.classes += file.classes.size();
  }
  return sums;
}

struct Measured {
  const model::FileMetrics* file;
  const model::FunctionMetrics* function;
};

std::vector<Measured> hardest(const std::vector<model::FileMetrics>& files, std::size_t most) {
  std::vector<Measured> all;
  for (const model::FileMetrics& file : files) {
    for (const model::FunctionMetrics& function : file.functions)
      all.push_back({&file, &function});
  }
  const auto is_harder = [](const Measured& a, const Measured& b) {
    return std::tie(b.function->cognitive, b.function->cyclomatic, a.file->path, a.function->at.line) <
           std::tie(a.function->cognitive, a.function->cyclomatic, b.file->path, b.function->at.line);
  };
  const std::size_t count = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(), is_harder);
  all.resize(count);
  return all;
}

Tone tone_of_score(double score) {
  return score >= kGoodScore ? Tone::good : score >= kFairScore ? Tone::warning : Tone::bad;
}

}  // namespace

std::string scores_text(const model::AnalysisReport& report, const Look& look) {
  if (!report.scores) return {};
  const model::Scores& scores = *report.scores;
  // Down: 79.9 is not yet what a gate of 80 wants.
  const auto whole = [](double score) { return std::floor(score); };
  std::string out =
      fmt::format("score {} of 100: maintainability {}, security {}, performance {}",
                  toned(fmt::format("{}", whole(scores.overall)), tone_of_score(scores.overall), look),
                  whole(scores.maintainability), whole(scores.security), whole(scores.performance));
  if (scores.coverage) out += fmt::format(", coverage {}", whole(*scores.coverage));
  return out + "\n";
}

std::string metrics_text(const model::AnalysisReport& report, std::size_t most, const Look& look) {
  const Sums sums = sums_of(report.metrics);
  std::string out =
      fmt::format("{} source {}: {} lines of code, {} of comments, {} blank; {} functions, {} classes\n",
                  report.metrics.size(), report.metrics.size() == 1 ? "file" : "files", sums.code,
                  sums.comment, sums.blank, sums.functions, sums.classes);
  if (report.duplication)
    out += fmt::format("{:.1f} % of the lines stand in several places\n", *report.duplication);
  Table table({{"FUNCTION", Align::left, Table::Give::yes},
               {"PLACE", Align::left, Table::Give::yes},
               {"LINES", Align::right},
               {"COGNITIVE", Align::right},
               {"CYCLOMATIC", Align::right},
               {"NESTING", Align::right},
               {"MAINTAINABILITY", Align::right}});
  for (const Measured& each : hardest(report.metrics, most)) {
    const model::FunctionMetrics& function = *each.function;
    table.add({{function.name},
               {fmt::format("{}:{}", each.file->path, function.at.line)},
               {fmt::format("{}", function.lines.total)},
               {fmt::format("{}", function.cognitive)},
               {fmt::format("{}", function.cyclomatic),
                function.cyclomatic > kManyPaths ? Tone::warning : Tone::plain},
               {fmt::format("{}", function.nesting)},
               {fmt::format("{:.0f}", function.maintainability)}});
  }
  return table.empty() ? out : out + "\n" + table.draw(look);
}

}  // namespace fleet::terminal
