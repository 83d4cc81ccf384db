#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rule_set.h"
#include "analysis/secrets.h"
#include "model/analysis.h"

namespace fleet::analysis {

// All that is known of one file.
struct FileAnalysis {
  model::FileKind kind = model::FileKind::text;
  std::optional<model::FileMetrics> metrics;  // of source that could be parsed
  std::vector<model::Finding> findings;       // by place, with fingerprints and suppressions
  std::vector<std::string> remarks;           // why not all of it was looked at, each a sentence's end
};

// Metrics, rules and secrets of single files. Immutable: any number of threads may use it at once. What is
// used to make it must outlive it.
class Analyzer {
 public:
  Analyzer(const RuleSet& rules, const SecretScanner& secrets);

  // Never fails: what could not be looked at is remarked. `bounds` are for this file: its time is that of
  // the parse and of the rules, each. `kind`: what it is to be taken for; none: what it looks like.
  // `reported`: what other tools found in the file. It gets what it lacks of symbol, excerpt and fingerprint,
  // and is suppressed as ours is.
  [[nodiscard]] FileAnalysis analyze(std::string_view path, std::string_view bytes,
                                     const syntax::Bounds& bounds = {},
                                     std::optional<model::FileKind> kind = {},
                                     std::vector<model::Finding> reported = {}) const;

  // What is written about a rule of ours; null: it is none, or one of secrets.
  [[nodiscard]] const Rule* rule(std::string_view id) const;
  [[nodiscard]] const RuleSet& rules() const { return rules_; }
  [[nodiscard]] const SecretScanner& secrets() const { return secrets_; }

 private:
  void look_for_rules(std::string_view path, std::string_view bytes, const syntax::Bounds& bounds,
                      FileAnalysis& into) const;

  [[nodiscard]] bool is_of_secrets(const model::Finding& finding) const;
  void hide_secrets(std::string_view bytes, const std::vector<ValuePlace>& secrets,
                    std::vector<model::Finding>& findings) const;

  const RuleSet& rules_;
  const SecretScanner& secrets_;
  std::map<std::string_view, const Rule*> by_id_;
  std::set<std::string_view> secret_ids_;
  std::set<std::string_view> families_;  // what ids of our rules begin with, up to the dot
};

}  // namespace fleet::analysis
