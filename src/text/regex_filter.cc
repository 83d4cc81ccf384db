#include "text/regex_filter.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/assert.h"

namespace fleet::text {
namespace {

constexpr std::size_t kLeastLength = 3;  // of a word; shorter ones are in most texts

bool is_ascii(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The text that is looked for in the file may be a copy of it with blanks for some of it.
std::string_view longest_without_blank(std::string_view atom) {
  std::string_view longest;
  for (std::size_t at = 0; at < atom.size();) {
    const std::size_t end = std::min(atom.find(' ', at), atom.size());
    if (end - at > longest.size()) longest = atom.substr(at, end - at);
    at = end + 1;
  }
  return longest;
}

}  // namespace

struct RegexFilter::State {
  std::size_t count = 0;
  re2::FilteredRE2 filter{static_cast<int>(kLeastLength)};
  std::vector<std::string> words;
  std::vector<std::vector<int>> atoms_of;  // by word
  std::vector<int> unlooked;               // atoms that may always be there
  std::size_t first_folding = 0;
};

RegexFilter::RegexFilter(const std::vector<std::string>& expressions) : state_(new State) {
  State& state = *state_;
  state.count = expressions.size();
  re2::RE2::Options options;
  options.set_log_errors(false);
  for (const std::string& expression : expressions) {
    int id = 0;
    const auto error = state.filter.Add("(?m)" + expression, options, &id);
    FLEET_ASSERT(error == re2::RE2::NoError, "Regex::parse() took it");
  }
  if (expressions.empty()) return;
  std::vector<std::string> atoms;
  state.filter.Compile(&atoms);
  std::unordered_map<std::string_view, std::size_t> number_of;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const std::string_view word = longest_without_blank(atoms[i]);
    // Case is folded in ASCII alone where the words are looked for.
    if (is_ascii(atoms[i]) && word.size() >= kLeastLength) {
      const auto [known, is_new] = number_of.emplace(word, state.words.size());
      if (is_new) {
        state.words.emplace_back(word);
        state.atoms_of.emplace_back();
      }
      state.atoms_of[known->second].push_back(static_cast<int>(i));
    } else {
      state.unlooked.push_back(static_cast<int>(i));
    }
  }
  // Outside of ASCII, these two stand for `s` and `k` where case does not count: no word is needed then.
  state.first_folding = state.words.size();
  state.words.insert(state.words.end(), {"\u017f", "\u212a"});
}

RegexFilter::~RegexFilter() = default;
RegexFilter::RegexFilter(RegexFilter&&) noexcept = default;
RegexFilter& RegexFilter::operator=(RegexFilter&&) noexcept = default;

const std::vector<std::string>& RegexFilter::words() const {
  return state_->words;
}

std::vector<bool> RegexFilter::may_match(const std::vector<bool>& is_there) const {
  const State& state = *state_;
  FLEET_ASSERT(is_there.size() == state.words.size(), "one for each of words()");
  const auto folding = is_there.begin() + static_cast<std::ptrdiff_t>(state.first_folding);
  const bool folds = std::find(folding, is_there.end(), true) != is_there.end();
  std::vector<bool> may(state.count, folds);
  if (folds || state.count == 0) return may;
  std::vector<int> atoms = state.unlooked;
  for (std::size_t i = 0; i < state.atoms_of.size(); ++i) {
    if (is_there[i]) atoms.insert(atoms.end(), state.atoms_of[i].begin(), state.atoms_of[i].end());
  }
  std::vector<int> potential;
  state.filter.AllPotentials(atoms, &potential);
  for (const int each : potential)
    may[static_cast<std::size_t>(each)] = true;
  return may;
}

}  // namespace fleet::text
