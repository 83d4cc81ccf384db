#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.h"
#include "text/expression.h"
#include "text/syntax_error.h"

namespace fleet::text {

// Text with `${{ expression }}` parts, parsed once. A value. To write `${{` itself: `${{ '${{' }}`.
class Template {
 public:
  static constexpr std::size_t kMaxExpressions = 1000;

  struct Part {
    std::string text;  // as written, with the braces where it is an expression
    std::size_t offset = 0;
    std::optional<Expression> expression;
    std::size_t expression_offset = 0;  // of the text inside the braces: add it to a Reference's offset
  };

  // Offsets of an error count from the start of `text`, also within an expression.
  [[nodiscard]] static tl::expected<Template, SyntaxError> parse(std::string_view text);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] bool has_expressions() const;
  // The expression, where the text is nothing but one (and blanks around it): how an `if` may be written.
  [[nodiscard]] const Expression* sole_expression() const;

  [[nodiscard]] Result<std::string> render(const Context& context) const;

  // Puts in what the context can already answer (Expression::can_be_evaluated) and leaves other expressions
  // as written. The result is a template again: a value that holds `${{` is written so that it stays a text.
  [[nodiscard]] Result<std::string> substitute(const Context& context) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace fleet::text
