#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/secret_match.h"
#include "base/sha256.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostShown = 4;       // characters of a secret
constexpr std::size_t kExcerptBefore = 60;  // bytes of the line before the secret
constexpr std::size_t kExcerptAfter = 40;
constexpr std::string_view kSecretMask = "***";

struct MaskedRange {
  std::size_t begin, end;
};

// A word that somebody chose may be known by its first letters: of short ones less is shown.
std::string_view shown_secret_part(std::string_view value) {
  std::size_t size = std::min(kMostShown, value.size() / 5);
  while (size > 0 && (static_cast<unsigned char>(value[size - 1]) < ' ' ||
                      static_cast<unsigned char>(value[size - 1]) >= 0x7f))
    --size;
  return value.substr(0, size);
}

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
  for (const auto& [begin, match] : kept)
    in_order.push_back(match);
  return in_order;
}

// What must not be seen, joined and in order. What goes on after a match as base64 does may be the rest of a
// key that was longer than a rule looks.
std::vector<MaskedRange> masked_ranges(std::string_view bytes, const std::vector<SecretMatch>& matches) {
  std::vector<MaskedRange> ranges;
  for (const SecretMatch& match : matches) {
    std::size_t end = match.end;
    const std::size_t limit = std::min(bytes.size(), end + kExcerptAfter + kExcerptBefore);
    while (end < limit && (text::is_base64(bytes[end]) || bytes[end] == '='))
      ++end;
    ranges.push_back({match.begin, end});
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const MaskedRange& left, const MaskedRange& right) { return left.begin < right.begin; });
  std::vector<MaskedRange> joined;
  for (const MaskedRange& range : ranges) {
    if (!joined.empty() && range.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

void hide_value(std::string& text, std::string_view value) {
  for (std::size_t at = text.find(value); at != std::string::npos;
       at = text.find(value, at + kSecretMask.size()))
    text.replace(at, value.size(), kSecretMask);
}

// The line of a match, as far as it is near.
std::string secret_excerpt_of(std::string_view bytes, const SecretMatch& match,
                              const std::vector<MaskedRange>& masked) {
  std::size_t begin = match.begin;
  while (begin > 0 && match.begin - begin < kExcerptBefore && bytes[begin - 1] != '\n')
    --begin;
  std::size_t end = match.begin;  // where the line ends, or the match and some more
  while (end < bytes.size() && bytes[end] != '\n' && end < match.end + kExcerptAfter)
    ++end;
  std::string excerpt;
  std::size_t at = begin;
  auto range = std::lower_bound(masked.begin(), masked.end(), begin,
                                [](const MaskedRange& each, std::size_t place) { return each.end <= place; });
  for (; range != masked.end() && range->begin < end; ++range) {
    if (range->begin > at) excerpt += bytes.substr(at, range->begin - at);
    if (range->begin == match.begin && match.form == SecretForm::plain)
      excerpt += shown_secret_part(match.value);
    excerpt += kSecretMask;
    at = std::min(end, range->end);
  }
  if (at < end) excerpt += bytes.substr(at, end - at);
  // A secret that is written twice, once where no rule sees it.
  hide_value(excerpt, match.value);
  return std::string(text::trim(text::printable(excerpt, text::Newlines::escape)));
}

std::string secret_message_of(const SecretMatch& match) {
  std::string_view form;
  if (match.form == SecretForm::in_base64) form = ", in base64";
  if (match.form == SecretForm::in_parts) form = ", joined from parts";
  const std::string_view doubt = match.check == SecretCheckResult::wrong_sum
                                     ? "; its checksum is wrong, so it may have been altered"
                                     : "";
  return fmt::format("{} ({}..., {} characters, fingerprint {}{}{})", match.rule->message,
                     shown_secret_part(match.value), match.value.size(),
                     base::sha256_hex("fleet secret\n" + match.value).substr(0, 8), form, doubt);
}

model::Finding unfinished_search(std::string_view path, std::size_t lines, SecretSearch search) {
  model::Finding finding;
  finding.rule = "secrets.unfinished";
  finding.severity = model::Severity::warning;
  finding.confidence = model::Confidence::medium;
  finding.message =
      search == SecretSearch::too_many
          ? "The file has more secrets than are kept: those after this place were not looked for"
          : "The file is made of beginnings of secrets: the search for them was stopped";
  finding.path = path;
  finding.at = {static_cast<std::uint32_t>(lines), 1, static_cast<std::uint32_t>(lines), 1};
  finding.fingerprint = base::sha256_hex(finding.rule + "\n" + finding.path).substr(0, 24);
  return finding;
}

}  // namespace

std::vector<model::Finding> report_secrets(std::string_view path, std::string_view bytes,
                                           std::vector<SecretMatch> matches, SecretSearch search) {
  const std::vector<MaskedRange> masked = masked_ranges(bytes, matches);
  std::map<std::string, int> times;  // a fingerprint was given
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
    finding.excerpt = secret_excerpt_of(bytes, *match, masked);
    finding.cwe = {"CWE-798"};
    finding.owasp = "A07:2021";
    finding.fingerprint = base::sha256_hex(fmt::format("{}\n{}", finding.rule, match->value)).substr(0, 24);
    if (const int again = times[finding.fingerprint]++; again > 0)
      finding.fingerprint += fmt::format("-{}", again + 1);
    findings.push_back(std::move(finding));
  }
  if (search != SecretSearch::whole) {
    const std::size_t line = findings.empty() ? 1 : findings.back().at.end_line;
    findings.push_back(unfinished_search(path, line, search));
  }
  return findings;
}

}  // namespace fleet::analysis
