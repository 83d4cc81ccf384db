#include "analysis/secret_excerpts.h"

#include <algorithm>
#include <memory>
#include <set>

#include "analysis/secret_values.h"
#include "base/base64.h"
#include "text/ascii.h"
#include "text/secret_forms.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kExcerptBefore = 60;  // bytes of the line before the secret
constexpr std::size_t kExcerptAfter = 40;
constexpr std::string_view kSecretMask = "***";

// What of the file an excerpt is made of.
text::Range excerpt_range(std::string_view bytes, const SecretMatch& match) {
  std::size_t begin = match.begin;
  while (begin > 0 && match.begin - begin < kExcerptBefore && bytes[begin - 1] != '\n')
    --begin;
  std::size_t end = match.begin;  // where the line ends, or the match and some more
  while (end < bytes.size() && bytes[end] != '\n' && end < match.end + kExcerptAfter)
    ++end;
  return {begin, end};
}

// What a key may go on with, in one line or in several, quoted or escaped.
bool goes_on(char c, bool is_cut) {
  return base::is_base64(c) || c == '=' ||
         (is_cut &&
          (text::is_ascii_blank(c) || std::string_view("\\\"'+,.").find(c) != std::string_view::npos));
}

bool is_word_of_excerpt(char c) {
  return base::is_base64(c) || c == '=' || c == '.';
}

// Appends what no secret was found in. A value that no rule knows is no reason to print it.
void append_seen(std::string& excerpt, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word_of_excerpt(text[end]))
      ++end;
    const std::string_view word = text.substr(at, end - at);
    if (like_random(word) != Likeness::unlike) {
      excerpt += kSecretMask;
    } else {
      excerpt += word;
    }
    if (end < text.size()) excerpt += text[end];
    at = end + 1;
  }
}

}  // namespace

std::string_view shown_part(std::string_view value) {
  constexpr std::size_t kMostShown = 4;
  std::size_t size = std::min(kMostShown, value.size() / 5);
  while (size > 0 && (static_cast<unsigned char>(value[size - 1]) < ' ' ||
                      static_cast<unsigned char>(value[size - 1]) >= 0x7f))
    --size;
  return value.substr(0, size);
}

SecretExcerpts::SecretExcerpts(std::string_view bytes, const std::vector<SecretMatch>& matches,
                               SecretExcerpt excerpt)
    : bytes_(bytes), excerpt_(excerpt) {
  std::size_t values = 0;
  for (const SecretMatch& match : matches)
    values += match.value.size();
  if (values > kMostHidden) excerpt_ = SecretExcerpt::beginning;
  if (excerpt_ == SecretExcerpt::beginning || matches.empty()) return;
  hide_places(matches);
  hide_values(matches);
  join_hidden();
}

// Where they were found, and what goes on after them: the rest of a key that is longer than a rule looks.
void SecretExcerpts::hide_places(const std::vector<SecretMatch>& matches) {
  std::vector<const SecretMatch*> order;
  order.reserve(matches.size());
  for (const SecretMatch& match : matches)
    order.push_back(&match);
  std::sort(order.begin(), order.end(),
            [](const SecretMatch* left, const SecretMatch* right) { return left->begin < right->begin; });
  std::size_t done = 0;
  for (const SecretMatch* match : order) {
    // Where one goes on it is hidden up to there: none is walked twice.
    std::size_t end = std::max(match->end, done);
    while (end < bytes_.size() && goes_on(bytes_[end], match->is_cut))
      ++end;
    hidden_.push_back({match->begin, end});
    done = end;
  }
}

void SecretExcerpts::hide_values(const std::vector<SecretMatch>& matches) {
  text::SecretForms forms;
  std::set<std::string_view> seen;
  for (const SecretMatch& match : matches) {
    if (seen.insert(match.value).second) text::add_secret_forms(match.value, forms);
  }
  if (forms.all.empty()) return;
  const auto automaton = std::make_shared<const text::Automaton>(forms.all);
  const std::size_t longest = automaton->longest();
  std::vector<text::Range> near;  // what excerpts are made of, and as far as a value may reach into it
  for (const SecretMatch& match : matches) {
    const text::Range range = excerpt_range(bytes_, match);
    near.push_back({range.begin - std::min<std::uint64_t>(range.begin, longest),
                    std::min<std::uint64_t>(range.end + longest, bytes_.size())});
  }
  std::sort(near.begin(), near.end(),
            [](const text::Range& left, const text::Range& right) { return left.begin < right.begin; });
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < near.size();) {
    const std::uint64_t begin = std::max(near[i].begin, done);
    std::uint64_t end = near[i].end;
    for (++i; i < near.size() && near[i].begin <= end; ++i)
      end = std::max(end, near[i].end);
    if (end <= begin) continue;
    text::StreamSearch search(automaton, text::Blanks::read);
    search.read(bytes_.substr(begin, end - begin), [&](text::Range found) {
      hidden_.push_back({begin + found.begin, begin + found.end});
    });
    done = end;
  }
}

void SecretExcerpts::join_hidden() {
  std::sort(hidden_.begin(), hidden_.end(),
            [](const text::Range& left, const text::Range& right) { return left.begin < right.begin; });
  std::vector<text::Range> joined;
  for (const text::Range& range : hidden_) {
    if (!joined.empty() && range.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  hidden_ = std::move(joined);
}

std::string SecretExcerpts::of(const SecretMatch& match) const {
  const std::string_view shown = match.form == SecretForm::plain ? shown_part(match.value) : "";
  std::string excerpt;
  if (excerpt_ == SecretExcerpt::beginning) return excerpt.append(shown).append(kSecretMask);
  const text::Range all = excerpt_range(bytes_, match);
  std::uint64_t at = all.begin;
  auto hidden =
      std::lower_bound(hidden_.begin(), hidden_.end(), all.begin,
                       [](const text::Range& each, std::uint64_t place) { return each.end <= place; });
  for (; hidden != hidden_.end() && hidden->begin < all.end; ++hidden) {
    if (hidden->begin > at) append_seen(excerpt, bytes_.substr(at, hidden->begin - at));
    if (hidden->begin == match.begin) excerpt += shown;
    excerpt += kSecretMask;
    at = std::min(all.end, hidden->end);
  }
  if (at < all.end) append_seen(excerpt, bytes_.substr(at, all.end - at));
  return std::string(text::trim(text::printable(excerpt, text::Newlines::escape)));
}

}  // namespace fleet::analysis
