#include "dependencies/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/random.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostFindings = 20'000;

// The places of one package in one version in one file.
struct Places {
  const Dependency* first = nullptr;
  std::size_t more = 0;
};

std::vector<Places> places_of(const std::vector<Dependency>& dependencies) {
  std::vector<Places> places;
  std::map<std::tuple<std::string_view, Ecosystem, std::string_view, std::string_view>, std::size_t> known;
  for (const Dependency& dependency : dependencies) {
    const auto [place, is_new] = known.try_emplace(
        {dependency.path, dependency.ecosystem, dependency.name, dependency.version}, places.size());
    if (is_new) {
      places.push_back({&dependency, 0});
    } else {
      ++places[place->second].more;
    }
  }
  return places;
}

std::string line_of(std::string_view text, std::size_t width) {
  return text::truncate(text::printable(text, text::Newlines::escape), width);
}

std::string names(const Places& places) {
  std::string text = fmt::format("{} {}", places.first->name, places.first->version);
  if (places.more > 0) {
    text += fmt::format(" (and {} more {} in this file)", places.more, places.more == 1 ? "place" : "places");
  }
  return text;
}

Judged found(const Places& places, std::string rule, std::string about) {
  Judged judged;
  judged.dependency = places.first;
  judged.about = std::move(about);
  judged.finding.rule = std::move(rule);
  judged.finding.confidence = model::Confidence::high;
  judged.finding.path = places.first->path;
  judged.finding.at = {places.first->line, 1, places.first->line, 1};
  return judged;
}

model::Severity severity_of(const AdvisorySeverity& severity) {
  if (!severity.rating) return model::Severity::warning;  // known to be vulnerable, not how badly
  if (*severity.rating >= Rating::high) return model::Severity::error;
  return *severity.rating == Rating::medium ? model::Severity::warning : model::Severity::note;
}

std::string describe(const AdvisorySeverity& severity) {
  static constexpr std::string_view kRatings[] = {"none", "low", "medium", "high", "critical"};
  std::string text = severity.score ? fmt::format("CVSS {:.1f}", *severity.score) : std::string();
  if (severity.rating) {
    const std::string_view rating = kRatings[static_cast<std::size_t>(*severity.rating)];
    text += text.empty() ? fmt::format("rated {}", rating) : fmt::format(" ({})", rating);
  }
  if (!severity.score && !severity.text.empty()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", severity.text);
  }
  return text.empty() ? "its severity is not told" : text;
}

Judged vulnerable(const Places& places, const Vulnerability& vulnerability) {
  Judged judged = found(places, "dependencies.vulnerable", vulnerability.id);
  std::string also;
  if (!vulnerability.also.empty()) {
    const std::size_t shown = std::min<std::size_t>(vulnerability.also.size(), 5);
    also =
        fmt::format(" ({})", line_of(fmt::format("{}", fmt::join(vulnerability.also.begin(),
                                                                 vulnerability.also.begin() + shown, ", ")),
                                     200));
  }
  std::string fixed = "no version is known to fix it";
  if (!vulnerability.fixed_in.empty()) fixed = "fixed in " + line_of(vulnerability.fixed_in, 60);
  std::string summary = line_of(vulnerability.summary, 160);
  if (!summary.empty()) summary = ": " + summary;
  judged.finding.message = fmt::format("{} has {}{}{}; {}; {}", names(places), line_of(vulnerability.id, 60),
                                       also, summary, describe(vulnerability.severity), fixed);
  judged.finding.severity = severity_of(vulnerability.severity);
  judged.also = vulnerability.also;
  judged.finding.cwe = {"CWE-1395"};  // dependency on a vulnerable component
  judged.finding.owasp = "A06:2021";  // vulnerable and outdated components
  return judged;
}

// Nothing to say: allowed, or unknown and the policy does not mind.
std::optional<Judged> license_finding(const Places& places, const LicensePolicy& policy, bool& is_unknown) {
  const LicenseReading reading = read_license(places.first->license);
  const LicenseVerdict verdict =
      reading.expression ? judge_license(*reading.expression, policy) : LicenseVerdict::unknown;
  if (verdict == LicenseVerdict::allowed) return std::nullopt;
  is_unknown = verdict == LicenseVerdict::unknown;
  if (is_unknown && !policy.unknown) return std::nullopt;
  const std::string text = reading.expression ? reading.expression->text() : std::string();
  Judged judged = found(places, "dependencies.license", text);
  judged.finding.severity = is_unknown ? *policy.unknown : model::Severity::error;
  std::string why;
  if (verdict == LicenseVerdict::denied) {
    why = fmt::format("is under {}, which the policy denies", line_of(text, 160));
  } else if (verdict == LicenseVerdict::not_allowed) {
    why = fmt::format("is under {}, which is not on the policy's list", line_of(text, 160));
  } else {
    why = fmt::format("has a licence that cannot be judged: {}",
                      reading.expression ? reading.remark : reading.expression.error());
  }
  if (!is_unknown && !reading.remark.empty()) why += fmt::format(" ({})", reading.remark);
  judged.finding.message = fmt::format("{} {}", names(places), why);
  return judged;
}

// Of rule, package, what is told of it, and which of several alike it is: not of version, file or line.
void set_fingerprints(std::vector<Judged>& judged) {
  std::map<std::string, std::size_t> alike;
  for (Judged& one : judged) {
    const Dependency& dependency = *one.dependency;
    std::string key =
        fmt::format("{}{}{}{}{}{}{}", one.finding.rule, '\0', base::name_of(dependency.ecosystem), '\0',
                    dependency.name, '\0', one.about);
    const std::size_t occurrence = alike[key]++;
    key += fmt::format("{}{}", '\0', occurrence);
    // Two hashes of different seeds: one alone could meet another.
    one.finding.fingerprint = fmt::format("{:016x}{:016x}", base::mix(base::hash(key)),
                                          base::mix(base::hash(key, 0x9e3779b97f4a7c15u)));
  }
}

// Packages of one file whose licence nobody tells.
struct UnknownLicenses {
  std::vector<std::string> first;
  std::size_t count = 0;
};

}  // namespace

Judgement judge_dependencies(const std::vector<Dependency>& dependencies, const Database& database,
                             const LicensePolicy& policy) {
  Judgement judgement;
  std::map<std::string, UnknownLicenses> unknown;
  std::size_t left_out = 0;
  const auto add = [&](Judged judged) {
    if (judgement.judged.size() < kMostFindings) {
      judgement.judged.push_back(std::move(judged));
    } else {
      ++left_out;
    }
  };
  for (const Places& places : places_of(dependencies)) {
    for (const Vulnerability& vulnerability : database.vulnerabilities(*places.first))
      add(vulnerable(places, vulnerability));
    if (!policy.judges()) continue;
    bool is_unknown = false;
    if (auto judged = license_finding(places, policy, is_unknown)) {
      add(*std::move(judged));
    } else if (is_unknown) {
      UnknownLicenses& of_file = unknown[places.first->path];
      if (of_file.count++ < 5) of_file.first.push_back(places.first->name);
    }
  }
  for (const auto& [path, of_file] : unknown) {
    model::Diagnostic& remark = judgement.remarks.emplace_back();
    remark.path = path;
    remark.message =
        fmt::format("the licences of {} packages are not known, and not judged: {}{}", of_file.count,
                    fmt::join(of_file.first, ", "), of_file.count > of_file.first.size() ? ", ..." : "");
    remark.suggestion = "install the packages beside the lock file, or set what `unknown` means";
  }
  if (left_out > 0) {
    judgement.remarks.emplace_back().message =
        fmt::format("there are {} findings more than the {} that are shown", left_out, kMostFindings);
  }
  std::stable_sort(judgement.judged.begin(), judgement.judged.end(), [](const Judged& a, const Judged& b) {
    return std::tie(a.finding.path, a.finding.at.line, a.finding.rule, a.finding.message) <
           std::tie(b.finding.path, b.finding.at.line, b.finding.rule, b.finding.message);
  });
  set_fingerprints(judgement.judged);
  return judgement;
}

}  // namespace fleet::dependencies
