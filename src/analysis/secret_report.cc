#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/secret_excerpts.h"
#include "analysis/secret_match.h"
#include "analysis/secret_values.h"
#include "base/sha256.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

// Keeps positions as it goes forward, so that a file is walked once.
class SecretPlaceFinder {
 public:
  explicit SecretPlaceFinder(std::string_view bytes) : bytes_(bytes) {}

  // `offset` is not before the last one asked for.
  std::pair<std::uint32_t, std::uint32_t> find(std::size_t offset) {
    const std::string_view passed = bytes_.substr(0, offset);
    for (std::size_t newline = passed.find('\n', at_); newline != std::string_view::npos;
         newline = passed.find('\n', at_)) {
      ++line_;
      column_ = 1;
      at_ = newline + 1;
    }
    column_ += static_cast<std::uint32_t>(text::count_codepoints(bytes_.substr(at_, offset - at_)));
    at_ = offset;
    return {line_, column_};
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
};

bool is_more_exact(const SecretMatch& left, const SecretMatch& right) {
  const auto key = [](const SecretMatch& match) {
    return std::tuple(match.rule->is_generic                       ? 0
                      : match.rule->place == SecretPlace::assigned ? 1
                                                                   : 2,
                      match.check == SecretCheckResult::fits ? 1 : 0, match.end - match.begin,
                      match.confidence);
  };
  if (key(left) != key(right)) return key(left) > key(right);
  return std::tie(left.begin, left.rule->id) < std::tie(right.begin, right.rule->id);
}

std::vector<const SecretMatch*> most_exact(const std::vector<SecretMatch>& matches) {
  std::vector<const SecretMatch*> order;
  order.reserve(matches.size());
  for (const SecretMatch& match : matches)
    order.push_back(&match);
  std::sort(order.begin(), order.end(),
            [](const SecretMatch* left, const SecretMatch* right) { return is_more_exact(*left, *right); });
  std::map<std::size_t, const SecretMatch*> kept;  // by where they begin; none overlap
  for (const SecretMatch* match : order) {
    const auto after = kept.lower_bound(match->begin);
    if (after != kept.end() && after->first < match->end) continue;
    if (after != kept.begin() && std::prev(after)->second->end > match->begin) continue;
    kept.emplace_hint(after, match->begin, match);
  }
  std::vector<const SecretMatch*> in_order;
  in_order.reserve(kept.size());
  for (const auto& [begin, match] : kept)
    in_order.push_back(match);
  return in_order;
}

// Whether trying all likely values would find this one: then nothing may be published that is computed from
// it, as that would tell when it was found.
bool is_guessable(const SecretMatch& match) {
  constexpr double kBits = 80;  // nobody can try so many
  const SecretCheck check = match.rule->check;
  if (check == SecretCheck::password || check == SecretCheck::base64_pair) return true;
  if (entropy_of(match.value) * static_cast<double>(match.value.size()) < kBits) return true;
  const bool has_own_form = match.rule->place == SecretPlace::keyword && !match.rule->is_generic;
  return !has_own_form && check != SecretCheck::jwt && like_random(match.value) != Likeness::secret;
}

std::string secret_message_of(const SecretMatch& match) {
  std::string about;
  if (const std::string_view shown = shown_part(match.value); !shown.empty())
    about = fmt::format(" ({}...", shown);
  const auto add = [&](std::string_view what) { about.append(about.empty() ? " (" : ", ").append(what); };
  if (!is_guessable(match)) {
    add(fmt::format("{} characters", match.value.size()));
    add(fmt::format("fingerprint {}", base::sha256_hex("fleet secret\n" + match.value).substr(0, 8)));
  }
  if (match.form == SecretForm::in_base64) add("in base64");
  if (match.form == SecretForm::in_parts) add("joined from parts");
  if (!about.empty()) about += ')';
  if (match.check == SecretCheckResult::wrong_sum)
    about += "; its checksum is wrong, so it may have been altered";
  return match.rule->message + about;
}

// As analysis/fingerprint.h has it, of the line with all values hidden. Where the value cannot be guessed it
// takes part, so that another one in the same place is another finding.
std::string secret_fingerprint(const SecretMatch& match, std::string_view excerpt,
                               std::map<std::string, std::size_t>& alike) {
  std::string key = match.rule->id;
  key += '\0';
  for (const char c : excerpt) {
    if (!text::is_ascii_blank(c)) {
      key += c;
    } else if (!key.ends_with(' ')) {
      key += ' ';
    }
  }
  key += '\0';
  if (!is_guessable(match)) key += base::sha256_hex(match.value);
  key += fmt::format("{}{}", '\0', alike[key]++);
  return base::sha256_hex(key).substr(0, 32);
}

model::Finding unfinished_search(std::string_view path, std::size_t lines, SecretSearch search) {
  model::Finding finding;
  finding.rule = kUnfinishedSecrets;
  finding.severity = model::Severity::warning;
  finding.confidence = model::Confidence::medium;
  finding.message =
      search == SecretSearch::too_many
          ? "The file has more secrets than are kept: those after this place were not looked for"
          : "The file is made of beginnings of secrets: the search for them was stopped";
  finding.path = path;
  finding.at = {static_cast<std::uint32_t>(lines), 1, static_cast<std::uint32_t>(lines), 1};
  finding.fingerprint = base::sha256_hex(finding.rule).substr(0, 32);
  return finding;
}

}  // namespace

std::vector<model::Finding> report_secrets(std::string_view path, std::string_view bytes,
                                           const std::vector<SecretMatch>& matches, SecretSearch search,
                                           SecretExcerpt excerpt) {
  const SecretExcerpts excerpts(bytes, matches, excerpt);
  std::map<std::string, std::size_t> alike;
  std::vector<model::Finding> findings;
  SecretPlaceFinder places(bytes);
  for (const SecretMatch* match : most_exact(matches)) {
    model::Finding finding;
    finding.rule = match->rule->id;
    finding.severity = match->rule->severity;
    finding.confidence = match->confidence;
    finding.message = secret_message_of(*match);
    finding.path = path;
    std::tie(finding.at.line, finding.at.column) = places.find(match->begin);
    std::tie(finding.at.end_line, finding.at.end_column) = places.find(match->end);
    finding.excerpt = excerpts.of(*match);
    finding.cwe = {"CWE-798"};
    finding.owasp = "A07:2021";
    finding.fingerprint = secret_fingerprint(*match, finding.excerpt, alike);
    findings.push_back(std::move(finding));
  }
  if (search != SecretSearch::whole) {
    const std::size_t line = findings.empty() ? 1 : findings.back().at.end_line;
    findings.push_back(unfinished_search(path, line, search));
  }
  return findings;
}

}  // namespace fleet::analysis
