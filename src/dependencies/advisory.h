#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dependencies/dependency.h"
#include "dependencies/value.h"
#include "dependencies/version.h"

// Records of the OSV schema (https://ossf.github.io/osv-schema/).
namespace fleet::dependencies {

enum class Rating { none, low, medium, high, critical };  // CVSS's qualitative ratings

struct AdvisorySeverity {
  std::optional<double> score;   // CVSS 3 base score, computed from the vector
  std::optional<Rating> rating;  // of the score, else as the database words it
  std::string text;              // a vector that is shown and not computed: CVSS 4 or 2
};

// What changes at a version of a range.
struct RangeEvent {
  enum class Kind : std::uint8_t { introduced, fixed, last_affected, limit };
  Kind kind = Kind::introduced;
  std::string text;
  std::optional<Version> version;  // none: `0` of introduced, below all; `*` of limit, above all
};

using Range = std::vector<RangeEvent>;  // by version, as the evaluation wants it

struct Affected {
  std::pair<Ecosystem, std::string> package;
  std::vector<Range> ranges;
  std::vector<std::string> versions;
  AdvisorySeverity severity;  // of the package, else of the record
};

struct Advisory {
  std::string id;
  std::vector<std::string> aliases;
  std::string summary;
  std::vector<Affected> affected;  // of packages in the five ecosystems
};

// What a record says.
struct ReadAdvisory {
  Advisory advisory;
  bool is_withdrawn = false;
  std::vector<std::string> wrong;  // what of it cannot be evaluated, and why
};

// True for the members of a record that read_advisory() looks at.
[[nodiscard]] bool is_member_of_advisory(std::string_view key);
// Nothing where it is no record at all: `why` says so. `is_wanted` is asked for every package; of others
// nothing is kept.
[[nodiscard]] std::optional<ReadAdvisory> read_advisory(
    const Value& record, const std::function<bool(Ecosystem, const std::string&)>& is_wanted,
    std::string& why);

// The schema's `IncludedInVersions || IncludedInRanges`. `version` is null where the text is none by the
// rules of its ecosystem: then only the versions that are listed count.
[[nodiscard]] bool is_affected(const Affected& affected, std::string_view text, const Version* version);
// The lowest version that an event calls fixed, above this one and not affected itself; empty: none.
[[nodiscard]] std::string fixing_version(const Affected& affected, const Version& version);

}  // namespace fleet::dependencies
