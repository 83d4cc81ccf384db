#include "text/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/ascii.h"

namespace fleet::text {
namespace {

constexpr std::string_view kOpen = "${{";
constexpr std::string_view kClose = "}}";

// Where the braces close: `}}` within a string does not count.
std::size_t find_close(std::string_view text, std::size_t from) {
  bool quoted = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (!quoted && text.substr(i, 2) == kClose) return i;
  }
  return std::string_view::npos;
}

std::string as_plain_text(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find(kOpen);
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    out += "${{ '${{' }}";
    text.remove_prefix(open + kOpen.size());
  }
}

}  // namespace

tl::expected<Template, SyntaxError> Template::parse(std::string_view text) {
  Template out;
  std::size_t expressions = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find(kOpen, at), text.size());
    if (open > at) out.parts_.push_back({std::string(text.substr(at, open - at)), at, std::nullopt, 0});
    if (open == text.size()) break;
    const std::size_t begin = open + kOpen.size();
    const std::size_t close = find_close(text, begin);
    if (close == std::string_view::npos)
      return tl::make_unexpected(SyntaxError{open, kOpen.size(), "this `${{` is never closed by `}}`", {}});
    if (++expressions > kMaxExpressions) {
      return tl::make_unexpected(
          SyntaxError{open,
                      kOpen.size(),
                      fmt::format("there are more than {} expressions in this text", kMaxExpressions),
                      {}});
    }
    auto expression = Expression::parse(text.substr(begin, close - begin));
    if (!expression) {
      SyntaxError error = std::move(expression).error();
      error.offset += begin;
      return tl::make_unexpected(std::move(error));
    }
    at = close + kClose.size();
    out.parts_.push_back({std::string(text.substr(open, at - open)), open, *std::move(expression), begin});
  }
  return out;
}

bool Template::has_expressions() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.expression.has_value(); });
}

const Expression* Template::sole_expression() const {
  const Expression* sole = nullptr;
  for (const Part& part : parts_) {
    if (part.expression && sole == nullptr) {
      sole = &*part.expression;
    } else if (part.expression || !trim(part.text).empty()) {
      return nullptr;
    }
  }
  return sole;
}

Result<std::string> Template::render(const Context& context) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.expression) {
      out += part.text;
      continue;
    }
    FLEET_TRY(const Value value, part.expression->evaluate(context));
    out += to_text(value);
  }
  return out;
}

Result<std::string> Template::substitute(const Context& context) const {
  std::string out;
  std::string plain;  // gathered until an expression that stays, so that none arises where two texts meet
  for (const Part& part : parts_) {
    if (!part.expression) {
      plain += part.text;
    } else if (part.expression->can_be_evaluated(context)) {
      FLEET_TRY(const Value value, part.expression->evaluate(context));
      plain += to_text(value);
    } else {
      out += as_plain_text(std::exchange(plain, {})) + part.text;
    }
  }
  return out + as_plain_text(plain);
}

}  // namespace fleet::text
