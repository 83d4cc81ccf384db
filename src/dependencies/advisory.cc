#include "dependencies/advisory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/enum_names.h"
#include "dependencies/cvss.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

constexpr std::array<std::string_view, 7> kAdvisoryMembers{
    "id", "aliases", "summary", "withdrawn", "severity", "affected", "database_specific"};

constexpr std::size_t kMostFixesTried = 20;  // each is held against all ranges

std::string told(std::string_view text) {
  return text::truncate(text::printable(text, text::Newlines::escape), 80);
}

Rating rating_of(double score) {
  if (score <= 0) return Rating::none;
  if (score < 4) return Rating::low;
  if (score < 7) return Rating::medium;
  return score < 9 ? Rating::high : Rating::critical;
}

// As GitHub's database words it.
std::optional<Rating> rating_of(std::string_view word) {
  const std::string lower = text::to_ascii_lower(word);
  if (lower == "low") return Rating::low;
  if (lower == "moderate" || lower == "medium") return Rating::medium;
  if (lower == "high") return Rating::high;
  if (lower == "critical") return Rating::critical;
  return std::nullopt;
}

AdvisorySeverity severity_of(const std::vector<Member>& severities, std::string_view word) {
  AdvisorySeverity severity;
  for (const Member& one : severities) {
    const std::string_view type = one.value.string("type"), score = one.value.string("score");
    if (type == "CVSS_V3") {
      const auto value = cvss3_base_score(score);
      if (value && (!severity.score || *value > *severity.score)) severity.score = value;
    } else if (type == "CVSS_V4" || (type == "CVSS_V2" && severity.text.empty())) {
      severity.text = told(score);
    }
  }
  severity.rating = severity.score ? rating_of(*severity.score) : rating_of(word);
  return severity;
}

// `Maven:https://repository.example` is Maven with the address of its repository.
std::optional<Ecosystem> ecosystem_of(std::string_view name) {
  return base::from_name<Ecosystem>(name.substr(0, name.find(':')));
}

std::optional<RangeEvent> read_event(const Value& value, Ecosystem ecosystem, std::string& why) {
  static constexpr std::array<std::string_view, 4> kKinds{"introduced", "fixed", "last_affected", "limit"};
  std::optional<RangeEvent> event;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    const Value* version = value.find(kKinds[i]);
    if (version == nullptr) continue;
    if (event) {
      why = fmt::format("an event says both {} and {}", kKinds[static_cast<std::size_t>(event->kind)],
                        kKinds[i]);
      return std::nullopt;
    }
    event = RangeEvent{static_cast<RangeEvent::Kind>(i), version->text, std::nullopt};
  }
  if (!event) {
    why = "an event says nothing that is known";
    return std::nullopt;
  }
  if (event->kind == RangeEvent::Kind::introduced && event->text == "0") return event;
  if (event->kind == RangeEvent::Kind::limit && event->text.find('*') != std::string::npos) return event;
  event->version = Version::parse(ecosystem, event->text);
  if (event->version) return event;
  why = fmt::format("`{}` is no version of {}", told(event->text), base::name_of(ecosystem));
  return std::nullopt;
}

// By version, `0` first; what is at one version stays in the record's order.
bool is_before(const RangeEvent& left, const RangeEvent& right) {
  if (!left.version || !right.version) return !left.version && right.version;
  return *left.version < *right.version;
}

std::optional<Range> read_range(const Value& value, Ecosystem ecosystem, std::string& why) {
  Range range;
  for (const Member& member : value.members_of("events")) {
    auto event = read_event(member.value, ecosystem, why);
    if (!event) return std::nullopt;
    range.push_back(*std::move(event));
  }
  std::stable_sort(range.begin(), range.end(), is_before);
  return range;
}

Affected read_affected(const Value& value, Ecosystem ecosystem, std::string name,
                       std::vector<std::string>& wrong) {
  Affected affected;
  affected.package = {ecosystem, std::move(name)};
  for (const Member& member : value.members_of("ranges")) {
    if (member.value.string("type") == "GIT") continue;  // of commits, not of versions
    std::string why;
    if (auto range = read_range(member.value, ecosystem, why)) {
      affected.ranges.push_back(*std::move(range));
    } else {
      wrong.push_back(fmt::format("a range of {} is not evaluated: {}", told(affected.package.second), why));
    }
  }
  for (const Member& version : value.members_of("versions"))
    affected.versions.push_back(version.value.text);
  return affected;
}

// The schema's BeforeLimits().
bool is_before_limits(const Range& range, const Version& version) {
  bool has_limit = false;
  for (const RangeEvent& event : range) {
    if (event.kind != RangeEvent::Kind::limit) continue;
    if (!event.version || version < *event.version) return true;
    has_limit = true;
  }
  return !has_limit;
}

// The body of the schema's IncludedInRanges().
bool is_in_range(const Range& range, const Version& version) {
  if (!is_before_limits(range, version)) return false;
  bool vulnerable = false;
  for (const RangeEvent& event : range) {
    switch (event.kind) {
      case RangeEvent::Kind::introduced:
        if (!event.version || version >= *event.version) vulnerable = true;
        break;
      case RangeEvent::Kind::fixed:
        if (version >= *event.version) vulnerable = false;
        break;
      case RangeEvent::Kind::last_affected:
        if (version > *event.version) vulnerable = false;
        break;
      case RangeEvent::Kind::limit:
        break;
    }
  }
  return vulnerable;
}

bool is_in_ranges(const Affected& affected, const Version& version) {
  return std::any_of(affected.ranges.begin(), affected.ranges.end(),
                     [&](const Range& range) { return is_in_range(range, version); });
}

}  // namespace

bool is_member_of_advisory(std::string_view key) {
  return std::find(kAdvisoryMembers.begin(), kAdvisoryMembers.end(), key) != kAdvisoryMembers.end();
}

std::optional<ReadAdvisory> read_advisory(const Value& record,
                                          const std::function<bool(Ecosystem, const std::string&)>& is_wanted,
                                          std::string& why) {
  ReadAdvisory read;
  read.advisory.id = record.string("id");
  if (read.advisory.id.empty()) {
    why = "it is no OSV record: it has no `id`";
    return std::nullopt;
  }
  const Value* affected = record.find("affected");
  if (affected != nullptr && affected->kind != Value::Kind::list && affected->kind != Value::Kind::null) {
    why = "`affected` is no list";
    return std::nullopt;
  }
  read.is_withdrawn = !record.string("withdrawn").empty();
  read.advisory.summary = record.string("summary");
  for (const Member& alias : record.members_of("aliases"))
    read.advisory.aliases.push_back(alias.value.text);
  const Value* specific = record.find("database_specific");
  const std::string_view word = specific == nullptr ? std::string_view() : specific->string("severity");
  for (const Member& member : record.members_of("affected")) {
    const Value* package = member.value.find("package");
    if (package == nullptr) continue;  // told by commits alone
    const auto ecosystem = ecosystem_of(package->string("ecosystem"));
    if (!ecosystem) continue;
    std::string name = normalised_name(*ecosystem, package->string("name"));
    if (!is_wanted(*ecosystem, name)) continue;
    Affected& added = read.advisory.affected.emplace_back(
        read_affected(member.value, *ecosystem, std::move(name), read.wrong));
    const auto& own = member.value.members_of("severity");
    added.severity = severity_of(own.empty() ? record.members_of("severity") : own, word);
    // A package in the registry that was made to do harm has no score.
    if (read.advisory.id.starts_with("MAL-")) added.severity.rating = Rating::critical;
  }
  return read;
}

bool is_affected(const Affected& affected, std::string_view text, const Version* version) {
  for (const std::string& listed : affected.versions) {
    if (listed == text) return true;
    // `1.0` and `1.0.0` are one version of Python's.
    if (version == nullptr || affected.package.first != Ecosystem::pypi) continue;
    const auto other = Version::parse(affected.package.first, listed);
    if (other && *other == *version) return true;
  }
  return version != nullptr && is_in_ranges(affected, *version);
}

std::string fixing_version(const Affected& affected, const Version& version) {
  std::vector<const RangeEvent*> fixes;
  for (const Range& range : affected.ranges) {
    for (const RangeEvent& event : range) {
      if (event.kind == RangeEvent::Kind::fixed && *event.version > version) fixes.push_back(&event);
    }
  }
  std::sort(fixes.begin(), fixes.end(),
            [](const RangeEvent* left, const RangeEvent* right) { return *left->version < *right->version; });
  fixes.resize(std::min(fixes.size(), kMostFixesTried));
  for (const RangeEvent* fix : fixes) {
    if (!is_affected(affected, fix->text, &*fix->version)) return fix->text;
  }
  return {};
}

}  // namespace fleet::dependencies
