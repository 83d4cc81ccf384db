#include "dependencies/cvss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace fleet::dependencies {
namespace {

// The letter of each base metric; '\0': not told.
struct BaseMetrics {
  char vector = 0, complexity = 0, privileges = 0, interaction = 0, scope = 0;
  char confidentiality = 0, integrity = 0, availability = 0;
};

struct Metric {
  std::string_view name;
  char BaseMetrics::*letter;
  std::string_view letters;
};

constexpr std::array<Metric, 8> kMetrics{{{"AV", &BaseMetrics::vector, "NALP"},
                                          {"AC", &BaseMetrics::complexity, "LH"},
                                          {"PR", &BaseMetrics::privileges, "NLH"},
                                          {"UI", &BaseMetrics::interaction, "NR"},
                                          {"S", &BaseMetrics::scope, "UC"},
                                          {"C", &BaseMetrics::confidentiality, "HLN"},
                                          {"I", &BaseMetrics::integrity, "HLN"},
                                          {"A", &BaseMetrics::availability, "HLN"}}};

bool read_metric(std::string_view part, BaseMetrics& metrics) {
  const std::size_t colon = part.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view value = part.substr(colon + 1);
  for (const Metric& metric : kMetrics) {
    if (metric.name != part.substr(0, colon)) continue;
    char& letter = metrics.*metric.letter;
    if (letter != 0 || value.size() != 1 || metric.letters.find(value) == std::string_view::npos)
      return false;
    letter = value.front();
    return true;
  }
  return true;  // temporal or environmental
}

double impact_weight(char letter) {
  return letter == 'H' ? 0.56 : letter == 'L' ? 0.22 : 0.0;
}

double privileges_weight(char letter, bool scope_changes) {
  if (letter == 'N') return 0.85;
  if (letter == 'L') return scope_changes ? 0.68 : 0.62;
  return scope_changes ? 0.5 : 0.27;
}

double vector_weight(char letter) {
  return letter == 'N' ? 0.85 : letter == 'A' ? 0.62 : letter == 'L' ? 0.55 : 0.2;
}

// The smallest number with one decimal that is not below it, without what floating point adds (appendix A).
double round_up(double value) {
  const auto scaled = static_cast<std::int64_t>(std::llround(value * 100'000));
  if (scaled % 10'000 == 0) return static_cast<double>(scaled) / 100'000;
  return static_cast<double>(scaled / 10'000 + 1) / 10;
}

double base_score(const BaseMetrics& metrics) {
  const bool scope_changes = metrics.scope == 'C';
  const double unharmed = (1 - impact_weight(metrics.confidentiality)) *
                          (1 - impact_weight(metrics.integrity)) * (1 - impact_weight(metrics.availability));
  const double sub_score = 1 - unharmed;
  const double impact =
      scope_changes ? 7.52 * (sub_score - 0.029) - 3.25 * std::pow(sub_score - 0.02, 15) : 6.42 * sub_score;
  if (impact <= 0) return 0;
  const double exploitability =
      8.22 * vector_weight(metrics.vector) * (metrics.complexity == 'L' ? 0.77 : 0.44) *
      privileges_weight(metrics.privileges, scope_changes) * (metrics.interaction == 'N' ? 0.85 : 0.62);
  const double sum = impact + exploitability;
  return round_up(std::min(scope_changes ? 1.08 * sum : sum, 10.0));
}

}  // namespace

std::optional<double> cvss3_base_score(std::string_view vector) {
  if (!vector.starts_with("CVSS:3.0/") && !vector.starts_with("CVSS:3.1/")) return std::nullopt;
  vector.remove_prefix(9);
  BaseMetrics metrics;
  while (!vector.empty()) {
    const std::size_t end = std::min(vector.find('/'), vector.size());
    if (!read_metric(vector.substr(0, end), metrics)) return std::nullopt;
    vector.remove_prefix(std::min(end + 1, vector.size()));
  }
  for (const Metric& metric : kMetrics) {
    if (metrics.*metric.letter == 0) return std::nullopt;
  }
  return base_score(metrics);
}

}  // namespace fleet::dependencies
