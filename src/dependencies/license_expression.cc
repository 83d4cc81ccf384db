#include "dependencies/license_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dependencies/license_ids.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

using Parsed = tl::expected<LicenseExpression, std::string>;

bool is_id_character(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '-' || c == '.' || c == ':' || c == '_';
}

bool is_operator(std::string_view word) {
  return text::equal_ignoring_case(word, "AND") || text::equal_ignoring_case(word, "OR") ||
         text::equal_ignoring_case(word, "WITH");
}

class LicenseParser {
 public:
  explicit LicenseParser(std::string_view text) : text_(text) {}

  Parsed parse() {
    if (text_.size() > kMostLicenseBytes) return wrong("it is longer than a licence expression can be");
    auto expression = any_of();
    if (!expression) return expression;
    if (!next().empty()) return wrong(fmt::format("`{}` is one word too many", text::printable(word_)));
    return expression;
  }

 private:
  static Parsed wrong(std::string why) { return tl::make_unexpected(std::move(why)); }

  // The next word, a parenthesis or a plus, without taking it.
  std::string_view next() {
    while (at_ < text_.size() && text::is_ascii_blank(text_[at_]))
      ++at_;
    std::size_t end = at_;
    while (end < text_.size() && is_id_character(text_[end]))
      ++end;
    if (end == at_ && end < text_.size()) ++end;
    word_ = text_.substr(at_, end - at_);
    return word_;
  }
  void take() { at_ += word_.size(); }
  bool take(std::string_view word) {
    if (!text::equal_ignoring_case(next(), word)) return false;
    take();
    return true;
  }

  Parsed any_of() {
    return joined("OR", LicenseExpression::Kind::any_of, [this] { return all_of(); });
  }
  Parsed all_of() {
    return joined("AND", LicenseExpression::Kind::all_of, [this] { return one(); });
  }

  template <class Part>
  Parsed joined(std::string_view word, LicenseExpression::Kind kind, Part part) {
    auto first = part();
    if (!first) return first;
    std::vector<LicenseExpression> parts;
    while (take(word)) {
      auto another = part();
      if (!another) return another;
      parts.push_back(*std::move(another));
    }
    if (parts.empty()) return first;
    parts.insert(parts.begin(), *std::move(first));
    LicenseExpression all;
    all.kind = kind;
    all.parts = std::move(parts);
    return all;
  }

  Parsed one() {
    if (!take("(")) return term();
    if (++depth_ > kMostLicenseDepth) return wrong("its parentheses are nested too deeply");
    auto inner = any_of();
    if (!inner) return inner;
    if (!take(")")) return wrong("a parenthesis is not closed");
    --depth_;
    return inner;
  }

  Parsed term() {
    const std::string_view id = next();
    static constexpr std::string_view kOperators[] = {"AND", "OR", "WITH"};
    for (const std::string_view word : kOperators) {
      if (text::equal_ignoring_case(id, word))
        return wrong(fmt::format("a licence is missing at `{}`", word));
    }
    if (id.empty()) return wrong("a licence is missing at its end");
    if (!is_id_character(id.front())) {
      return wrong(fmt::format("`{}` is no licence", text::printable(id, text::Newlines::escape)));
    }
    take();
    LicenseExpression expression;
    LicenseTerm& term = expression.term;
    const auto listed = listed_license(id);
    term.id = listed ? *listed : id;
    term.is_listed = listed.has_value();
    // Right behind the id: a blank would make it another word.
    if (at_ < text_.size() && text_[at_] == '+') {
      ++at_;
      term.or_later = true;
    }
    if (!take("WITH")) return expression;
    const std::string_view exception = next();
    if (exception.empty() || !is_id_character(exception.front()) || is_operator(exception))
      return wrong("an exception is missing behind WITH");
    take();
    const auto listed_too = listed_exception(exception);
    term.exception = listed_too ? *listed_too : exception;
    term.is_listed = term.is_listed && listed_too.has_value();
    return expression;
  }

  std::string_view text_, word_;
  std::size_t at_ = 0, depth_ = 0;
};

std::string term_text(const LicenseTerm& term) {
  return fmt::format("{}{}{}{}", term.id, term.or_later ? "+" : "", term.exception.empty() ? "" : " WITH ",
                     term.exception);
}

}  // namespace

std::string LicenseExpression::text() const {
  if (kind == Kind::term) return term_text(term);
  std::string all;
  for (const LicenseExpression& part : parts) {
    if (!all.empty()) all += kind == Kind::all_of ? " AND " : " OR ";
    const bool in_parentheses = part.kind == Kind::any_of || part.kind == kind;
    all += in_parentheses ? fmt::format("({})", part.text()) : part.text();
  }
  return all;
}

tl::expected<LicenseExpression, std::string> parse_license(std::string_view text) {
  return LicenseParser(text).parse();
}

}  // namespace fleet::dependencies
