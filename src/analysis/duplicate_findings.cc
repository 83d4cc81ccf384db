#include "analysis/duplicate_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analysis/remarks.h"
#include "syntax/language.h"

namespace fleet::analysis {
namespace {

std::string shown(const Duplicates& duplicates, const DuplicatePlace& place) {
  return fmt::format("{}:{}", printable_line(duplicates.files[place.file].path, 200), place.line);
}

// Each place points to another one, if it can to one that nobody asked for: that was there before.
model::Finding finding_at(const Duplicates& duplicates, const DuplicateGroup& group,
                          const DuplicatePlace& place, const DuplicatePlace& other) {
  model::Finding finding;
  finding.rule = kDuplicate;
  finding.severity = model::Severity::note;
  finding.confidence = model::Confidence::high;
  finding.path = duplicates.files[place.file].path;
  finding.at = {place.line, 1, place.end_line + 1, 1};
  finding.message = fmt::format("{} lines are the same as those at {}", place.end_line - place.line + 1,
                                shown(duplicates, other));
  if (const std::size_t more = group.places.size() - 2; more > 0)
    finding.message += fmt::format(", and at {} more {}", more, more == 1 ? "place" : "places");
  return finding;
}

}  // namespace

DuplicateReport find_duplicates(const Files& files, const Files& base,
                                const std::function<bool(const std::string&)>& is_asked_for,
                                const DuplicateOptions& options, const syntax::Bounds& bounds) {
  DuplicateReport out;
  DuplicateFinder finder(options);
  for (const std::string& path : files.paths) {
    const auto bytes = files.read(path);
    // What cannot be read or parsed is remarked where the file is analysed.
    if (!bytes || judged_kind(path, *bytes, base) != model::FileKind::source) continue;
    const auto language = syntax::language_of(path, *bytes);
    if (!language) continue;
    if (const auto tree = syntax::parse(*language, *bytes, bounds, syntax::Keep::nodes))
      finder.add(*tree, path, is_asked_for(path));
  }
  const Duplicates found = finder.find();
  out.percentage = found.percentage();
  std::size_t left_out = 0;
  for (const DuplicatesOfFile& file : found.files)
    left_out += file.is_left_out ? 1 : 0;
  if (left_out > 0)
    out.reported.remarks.push_back(
        {"", fmt::format("{} files were not searched for duplicates: together they have more "
                         "than {} tokens",
                         left_out, options.max_tokens)});
  for (const DuplicateGroup& group : found.groups) {
    const auto is_asked = [&](const DuplicatePlace& place) {
      return is_asked_for(found.files[place.file].path);
    };
    // One place is the first; it is told at the others.
    auto first = std::find_if_not(group.places.begin(), group.places.end(), is_asked);
    if (first == group.places.end()) first = group.places.begin();
    for (auto place = group.places.begin(); place != group.places.end(); ++place) {
      if (place == first || !is_asked(*place)) continue;
      model::Finding finding = finding_at(found, group, *place, *first);
      out.reported.findings[finding.path].push_back(std::move(finding));
    }
  }
  return out;
}

}  // namespace fleet::analysis
