#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.h"
#include "text/syntax_error.h"

// The language inside `${{ }}`: that of GitHub Actions ("Evaluate expressions in workflows and actions"),
// without fromJSON and hashFiles, and with changed('glob', ...). Values compare loosely and strings without
// regard to ASCII case, `&&` and `||` give one of their operands, a property that does not exist is null.
namespace fleet::text {

// null, boolean, number (a double to the language), string, array or object.
using Value = nlohmann::json;

[[nodiscard]] bool is_true(const Value& value);  // all but null, false, 0, NaN and ''
[[nodiscard]] std::string to_text(const Value& value);

// What an expression is evaluated against.
struct Context {
  std::map<std::string, Value, std::less<>> roots;  // `env`, `matrix`, ...; as a rule objects
  // Answers the functions that need to know of the run: changed, always, success, failure, cancelled.
  std::function<Result<Value>(std::string_view function, const std::vector<Value>& arguments)> call;
};

// A use of a context: `needs.build.outputs['version']` has the root `needs` and the path build, outputs,
// version. A path element that is computed, or `*`, is nothing.
struct Reference {
  std::string root;
  std::vector<std::optional<std::string>> path;
  std::size_t offset = 0;  // bytes, within the expression
  std::size_t length = 0;
};

struct Call {
  std::string function;                               // as the language spells it, however it was written
  std::vector<std::optional<std::string>> arguments;  // those that are literal strings
  std::size_t offset = 0;                             // of the name
  bool needs_run = false;                             // answered by Context::call
};

// What `needs.<task>.result` may be, in GitHub's words.
inline constexpr std::array<std::string_view, 4> kNeedResults{"success", "failure", "cancelled", "skipped"};

// A use of a context that is held against a literal text: by `==` or `!=`, or as the list in contains().
struct Comparison {
  std::size_t reference = 0;  // which of the expression's references
  std::string text;
  std::size_t offset = 0;  // of the literal, with parentheses around it: bytes, within the expression
  std::size_t length = 0;
};

// A use of a context that is held against `true` or `false`, as a Comparison is against a text.
struct TruthComparison {
  std::size_t reference = 0;
  bool value = false;
  std::size_t offset = 0;  // of the literal
  std::size_t length = 0;
};

// A use of a context that counts as true or false by its value alone: `a.b` in `a.b && c`.
struct TruthTest {
  std::size_t reference = 0;
  bool negated = false;  // `!a.b`
};
enum class Wanted { value, truth };

// A parsed expression: an immutable value, cheap to copy; any thread.
class Expression {
 public:
  static constexpr std::size_t kMaxLength = 21'000;  // bytes, as GitHub
  static constexpr int kMaxDepth = 50;
  static constexpr std::size_t kMaxText = 1'000'000;  // bytes of a text that it may build

  // `text` is what stands between `${{` and `}}`, or an `if` written without them. Unknown functions and
  // wrong numbers of arguments are refused here; whether a context exists is for the caller to say, by
  // references().
  [[nodiscard]] static tl::expected<Expression, SyntaxError> parse(std::string_view text);

  // A root or property that the context does not have is null. Fails when Context::call does or is missing,
  // on a bad format() text, and past kMaxText.
  [[nodiscard]] Result<Value> evaluate(const Context& context) const;

  [[nodiscard]] const std::vector<Reference>& references() const;
  [[nodiscard]] const std::vector<Call>& calls() const;
  [[nodiscard]] const std::vector<Comparison>& comparisons() const;
  [[nodiscard]] const std::vector<TruthComparison>& truth_comparisons() const;
  // What counts as true or false, where of the whole expression the value is wanted (a text), or the truth
  // (an `if`). In `a || b` for a value, `a` is a value too, and no test: `b` stands in for an empty one.
  [[nodiscard]] std::vector<TruthTest> truth_tests(Wanted of_whole) const;
  // Whether the context has all the roots it uses, and it calls nothing that needs the run.
  [[nodiscard]] bool can_be_evaluated(const Context& context) const;

  struct Parsed;  // expression_tree.h

 private:
  explicit Expression(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace fleet::text
