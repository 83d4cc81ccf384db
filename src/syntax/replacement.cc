#include "syntax/replacement.h"

#include <fmt/format.h>

#include <algorithm>

namespace fleet::syntax {
namespace {

constexpr std::size_t kMaxTable = 1u << 20;  // cells; longer texts have only their two ends in common

// The longest common subsequence of two lists: the index in `a` for each of `b`, or kNone.
std::vector<std::uint32_t> align(const std::vector<std::string_view>& a,
                                 const std::vector<std::string_view>& b) {
  std::vector<std::uint32_t> twins(b.size(), kNone);
  std::size_t begin = 0;
  while (begin < std::min(a.size(), b.size()) && a[begin] == b[begin]) {
    twins[begin] = static_cast<std::uint32_t>(begin);
    ++begin;
  }
  std::size_t a_end = a.size();
  std::size_t b_end = b.size();
  while (a_end > begin && b_end > begin && a[a_end - 1] == b[b_end - 1])
    twins[--b_end] = static_cast<std::uint32_t>(--a_end);

  const std::size_t rows = a_end - begin + 1;
  const std::size_t columns = b_end - begin + 1;
  if (rows * columns > kMaxTable) return twins;
  std::vector<std::uint32_t> length(rows * columns);  // of what a[i..] and b[j..] have in common
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
    return length[(i - begin) * columns + (j - begin)];
  };
  for (std::size_t i = a_end; i-- > begin;) {
    for (std::size_t j = b_end; j-- > begin;) {
      at(i, j) = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (std::size_t i = begin, j = begin; i < a_end && j < b_end;) {
    if (a[i] == b[j]) {
      twins[j++] = static_cast<std::uint32_t>(i++);
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      ++i;
    } else {
      ++j;
    }
  }
  return twins;
}

std::vector<std::string_view> texts_of(const std::vector<Word>& words, std::string_view text) {
  std::vector<std::string_view> texts;
  texts.reserve(words.size());
  for (const Word& word : words)
    texts.push_back(word.span.of(text));
  return texts;
}

std::string_view gap_before(const std::vector<Word>& words, std::size_t index, std::string_view text) {
  if (index == 0) return {};
  return Span{words[index - 1].span.end, words[index].span.start}.of(text);
}

std::string without_carriage_returns(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
  return out;
}

}  // namespace

bool Replacement::Compiled::uses(std::uint32_t variable) const {
  return std::any_of(pieces.begin(), pieces.end(),
                     [&](const Piece& piece) { return piece.variable == variable; });
}

Result<Replacement> Replacement::compile(const Pattern& pattern, std::string_view written) {
  const std::string tried = "read the replacement";
  const std::string on = fmt::format("`{}`", written.substr(0, 80));
  if (written.size() > Pattern::kMaxLength) {
    return base::fail_input(tried, on, fmt::format("it is longer than {} bytes", Pattern::kMaxLength));
  }
  if (written.find('\0') != std::string_view::npos) return base::fail_input(tried, on, "it holds a NUL byte");
  std::string text = without_carriage_returns(written);
  const std::string& cut = pattern.compiled().cut;
  text.erase(text.find_last_not_of(" \t\n") + 1);
  if (!cut.empty() && text.ends_with(cut)) text.resize(text.size() - cut.size());

  const auto& names = pattern.names();
  const std::vector<Word> words = split_words(text);
  const std::vector<Word>& pattern_words = pattern.compiled().words;
  const std::string& pattern_text = pattern.text();
  const auto twins = align(texts_of(pattern_words, pattern_text), texts_of(words, text));
  auto compiled = std::make_shared<Compiled>();
  for (std::size_t i = 0; i < words.size(); ++i) {
    Piece piece;
    piece.gap = gap_before(words, i, text);
    piece.text = words[i].span.of(text);
    piece.twin = twins[i];
    piece.keeps_gap =
        i > 0 && twins[i] != kNone && twins[i - 1] != kNone && twins[i] == twins[i - 1] + 1 &&
        without_carriage_returns(gap_before(pattern_words, twins[i], pattern_text)) == piece.gap;
    if (words[i].is_metavariable()) {
      const auto name = std::find(names.begin(), names.end(), words[i].name);
      if (words[i].name.empty() || name == names.end()) {
        const std::string known = fmt::format("{}", fmt::join(names, ", "));
        return base::fail_input(
            tried, on, fmt::format("`{}` names nothing that the pattern has", piece.text),
            names.empty() ? "the pattern has no named metavariables" : "it has: " + known);
      }
      piece.variable = static_cast<std::uint32_t>(name - names.begin());
    }
    compiled->pieces.push_back(std::move(piece));
  }
  return Replacement(std::move(compiled));
}

}  // namespace fleet::syntax
