#include "text/key_like.h"

#include <algorithm>

namespace fleet::text {
namespace {

constexpr std::string_view kBeginnings[] = {"sk-",         "sk_live_", "xai-", "gsk_", "pplx-", "hf_",
                                            "r8_",         "ghp_",     "gho_", "ghu_", "ghs_",  "ghr_",
                                            "github_pat_", "glpat-",   "npm_", "AIza", "xoxb-", "xoxp-"};
constexpr std::string_view kAwsKeyId = "AKIA";  // and 16 capitals and digits

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

struct Mixture {
  bool lower = false, upper = false, digit = false, dash = false;
};

Mixture mixture(std::string_view word) {
  Mixture found;
  for (const char c : word) {
    found.lower |= c >= 'a' && c <= 'z';
    found.upper |= c >= 'A' && c <= 'Z';
    found.digit |= c >= '0' && c <= '9';
    found.dash |= c == '_' || c == '-';
  }
  return found;
}

}  // namespace

bool looks_like_api_key(std::string_view word) {
  if (word.size() < 20 || !std::all_of(word.begin(), word.end(), is_word_character)) return false;
  const Mixture all = mixture(word);
  if (word.starts_with(kAwsKeyId)) return word.size() == 20 && all.digit && !all.lower && !all.dash;
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings), [&](std::string_view beginning) {
    if (!word.starts_with(beginning)) return false;
    const Mixture rest = mixture(word.substr(beginning.size()));
    return rest.digit && rest.lower && rest.upper;
  });
}

bool may_be_api_key(std::string_view word) {
  if (looks_like_api_key(word)) return true;
  if (word.size() < 24 || word.find_first_of(" \t\n") != std::string_view::npos) return false;
  const Mixture all = mixture(word);
  return all.digit && all.lower && (!all.dash || all.upper);
}

std::vector<WordPlace> find_api_keys(std::string_view text) {
  std::vector<WordPlace> found;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_word_character(text[end]))
      ++end;
    if (looks_like_api_key(text.substr(begin, end - begin))) found.push_back({begin, end - begin});
    begin = end + 1;
  }
  return found;
}

std::string without_api_keys(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (const WordPlace key : find_api_keys(text)) {
    out.append(text.substr(copied, key.begin - copied)).append("***");
    copied = key.begin + key.size;
  }
  return out.append(text.substr(copied));
}

}  // namespace fleet::text
