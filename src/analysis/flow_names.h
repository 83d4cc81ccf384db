#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/flow_facts.h"
#include "analysis/imports.h"

namespace fleet::analysis {

// Groups as bits: of sources, or of sanitizers. More than 64 are not told apart from the last one.
class GroupBits {
 public:
  [[nodiscard]] std::uint64_t bit(const std::string& group);
  // Of groups that are known; 0 of others.
  [[nodiscard]] std::uint64_t bits(const std::vector<std::string>& groups) const;

 private:
  std::unordered_map<std::string, std::uint64_t> bits_;
};

// Names with something to each, found by a full name (imports.h), or by what it ends in: `*.execute`.
class NameTable {
 public:
  void add(std::string_view written, syntax::Language language, std::uint32_t what);
  // kNowhere: none.
  [[nodiscard]] std::uint32_t find(std::string_view full, std::string_view plain,
                                   const Imports& imports) const;
  [[nodiscard]] bool empty() const { return by_last_.empty(); }
  // Whether a name that ends so may be in it.
  [[nodiscard]] bool may_hold(std::string_view last) const { return by_last_.count(std::string(last)) > 0; }

 private:
  struct Entry {
    std::string name;  // of any object, from the dot on
    bool of_any_object;
    std::uint32_t what;
  };
  std::unordered_map<std::string, std::vector<Entry>> by_last_;
};

// Sources and sanitizers of one language, ready to be looked for. Immutable; any thread.
struct FlowNames {
  FlowNames(const FlowFacts& facts, syntax::Language language);

  const FlowFacts* facts;
  GroupBits source_groups, sanitizer_groups;
  NameTable calls, members, fills, decorators;  // -> index in facts->sources
  NameTable sanitizers;                         // -> index in facts->sanitizers
  std::vector<std::uint64_t> source_bits;       // by index of the source
  std::vector<std::uint64_t> sanitizer_bits;    // by index of the sanitizer
};

}  // namespace fleet::analysis
