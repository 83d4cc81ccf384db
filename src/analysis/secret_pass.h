#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/secret_assignment.h"
#include "analysis/secret_layers.h"
#include "analysis/secret_match.h"
#include "analysis/secret_path.h"
#include "analysis/secret_program.h"

namespace fleet::analysis {

enum class SecretFileKind { text, binary };

// One search of one file: gathers what the rules find in its text and in the layers made of it. Used by one
// thread.
class SecretPass {
 public:
  // All of them outlive it.
  SecretPass(const SecretProgram& program, const SecretPath& path, SecretFileKind kind, std::size_t work);

  void search(std::string_view text);
  void search(const SecretLayer& layer);

  [[nodiscard]] std::vector<SecretMatch> take() { return std::move(matches_); }
  [[nodiscard]] SecretSearch state() const { return state_; }
  // Bytes that were looked at besides those that the search for keywords reads.
  [[nodiscard]] std::size_t looked_at() const { return looked_at_; }

 private:
  struct Found {  // in the text that is searched
    std::size_t begin = 0, end = 0;
    bool is_cut = false;       // see SecretMatch
    bool is_doubtful = false;  // its name is one of another thing
  };
  // `value` is one of the `size` bytes from `from` on that a rule looked at.
  static Found found_in(std::string_view text, std::size_t from, std::size_t size, text::Regex::Span value);
  void search_text(std::string_view text);
  void try_rule(std::string_view text, std::uint32_t rule, std::size_t begin, std::size_t end);
  void try_at_keyword(std::string_view text, std::uint32_t rule, std::size_t begin, std::size_t end);
  void try_near(std::string_view text, std::uint32_t rule, std::size_t begin);
  void try_assigned(std::string_view text, std::uint32_t rule, std::size_t begin, std::size_t end);
  void judge(std::string_view text, std::uint32_t rule, Found found);
  void keep(SecretMatch match, Found found);
  [[nodiscard]] model::Confidence confidence_of(const SecretRule& rule, SecretCheckResult check) const;
  // Whether there is work left for looking at so many bytes.
  [[nodiscard]] bool pay(std::size_t bytes);

  const SecretProgram& program_;
  const SecretPath& path_;
  SecretFileKind kind_;
  std::size_t most_work_;
  std::size_t looked_at_ = 0;
  SecretSearch state_ = SecretSearch::whole;
  const SecretLayer* layer_ = nullptr;  // that is searched; null: the file itself
  std::vector<std::size_t> done_;       // by rule: what it found in this text ends there
  std::vector<std::uint32_t> touched_;  // rules that found something in this text
  // The assignment at a keyword is read once for all rules that the keyword has.
  std::pair<std::size_t, std::size_t> assignment_at_;  // the keyword; none is empty
  std::optional<SecretAssignment> assignment_;
  std::vector<SecretMatch> matches_;
};

}  // namespace fleet::analysis
