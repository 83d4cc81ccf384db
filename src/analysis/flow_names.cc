#include "analysis/flow_names.h"

#include <algorithm>

#include "analysis/code.h"

namespace fleet::analysis {

std::uint64_t GroupBits::bit(const std::string& group) {
  constexpr std::size_t kMost = 63;
  const std::size_t number = std::min(bits_.size(), kMost);
  return bits_.emplace(group, std::uint64_t{1} << number).first->second;
}

std::uint64_t GroupBits::bits(const std::vector<std::string>& groups) const {
  std::uint64_t all = 0;
  for (const std::string& group : groups) {
    const auto known = bits_.find(group);
    if (known != bits_.end()) all |= known->second;
  }
  return all;
}

void NameTable::add(std::string_view written, syntax::Language language, std::uint32_t what) {
  const bool of_any_object = written.starts_with("*.");
  std::string name = of_any_object ? std::string(written.substr(1)) : plain_name(written, language);
  std::string last = name.substr(name.rfind('.') + 1);  // npos + 1 is 0
  by_last_[std::move(last)].push_back({std::move(name), of_any_object, what});
}

std::uint32_t NameTable::find(std::string_view full, std::string_view plain, const Imports& imports) const {
  const std::string_view longest = full.empty() ? plain : full;
  const auto entries = by_last_.find(std::string(longest.substr(longest.rfind('.') + 1)));
  if (entries == by_last_.end()) return kNowhere;
  for (const Entry& entry : entries->second) {
    const bool is_it = entry.of_any_object
                           ? full.ends_with(entry.name) || plain.ends_with(entry.name)
                           : entry.name == full || (!full.empty() && imports.may_be(full, entry.name));
    if (is_it) return entry.what;
  }
  return kNowhere;
}

FlowNames::FlowNames(const FlowFacts& all, syntax::Language language) : facts(&all) {
  const auto is_of = [&](const std::vector<syntax::Language>& languages) {
    return std::find(languages.begin(), languages.end(), language) != languages.end();
  };
  for (std::uint32_t i = 0; i < all.sources.size(); ++i) {
    const FlowSource& source = all.sources[i];
    source_bits.push_back(source_groups.bit(source.group));
    if (!is_of(source.languages)) continue;
    const auto add = [&](NameTable& table, const std::vector<std::string>& names) {
      for (const std::string& name : names)
        table.add(name, language, i);
    };
    add(calls, source.calls);
    add(members, source.members);
    add(fills, source.fills);
    add(decorators, source.parameters_of);
  }
  for (std::uint32_t i = 0; i < all.sanitizers.size(); ++i) {
    const Sanitizer& sanitizer = all.sanitizers[i];
    sanitizer_bits.push_back(sanitizer_groups.bit(sanitizer.group));
    if (!is_of(sanitizer.languages)) continue;
    for (const std::string& name : sanitizer.calls)
      sanitizers.add(name, language, i);
  }
}

}  // namespace fleet::analysis
