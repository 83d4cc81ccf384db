#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "text/ascii.h"
#include "text/distance.h"
#include "text/expression_tree.h"
#include "text/number.h"

namespace fleet::text {
namespace {

bool starts_name(char c) {
  return is_ascii_letter(c) || c == '_';
}
bool continues_name(char c) {
  return starts_name(c) || is_ascii_digit(c) || c == '-';
}

const FunctionInfo* find_function(std::string_view name) {
  for (const FunctionInfo& info : kFunctions) {
    if (equal_ignoring_case(info.name, name)) return &info;
  }
  return nullptr;
}

// One side of a comparison, where it is nothing but a reference or a literal text or truth value.
struct Side {
  std::size_t reference = kNoReference;
  Value literal;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Recursive descent, one method a level of precedence. After the first error every method returns at once.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  tl::expected<Expression::Parsed, SyntaxError> run() {
    if (text_.size() > Expression::kMaxLength) {
      fail(0, 1,
           fmt::format("an expression may have {} bytes, this has {}", Expression::kMaxLength, text_.size()));
    }
    skip_blanks();
    if (at_ == text_.size()) fail(at_, 1, "an expression is missing here");
    out_.tree = any_of();
    if (!error_ && at_ < text_.size()) fail_unexpected();
    if (error_) return tl::make_unexpected(*std::move(error_));
    return std::move(out_);
  }

 private:
  // -- text
  void skip_blanks() {
    while (at_ < text_.size() && is_ascii_blank(text_[at_]))
      ++at_;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view token) {
    if (error_ || text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    skip_blanks();
    return true;
  }
  std::string_view take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_name(text_[at_]))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // -- errors
  void fail(std::size_t offset, std::size_t length, std::string message, std::string suggestion = {}) {
    if (!error_)
      error_ =
          SyntaxError{offset, std::max<std::size_t>(length, 1), std::move(message), std::move(suggestion)};
  }
  // The string in double quotes that begins here, as it is to be written.
  [[nodiscard]] std::string in_single_quotes() const {
    const std::string_view rest = text_.substr(at_ + 1);
    const std::size_t end = rest.find('"');
    constexpr std::size_t kShown = 60;
    if (end > kShown || rest.substr(0, end).find_first_of("'\\\n") != std::string_view::npos)
      return "write `'...'`, and a single quote in it twice";
    return fmt::format("write `'{}'`", rest.substr(0, end));
  }
  void fail_unexpected() {
    if (at_ == text_.size()) return fail(at_, 1, "the expression ends too early");
    switch (const char c = peek(); c) {
      case '"':
        return fail(at_, 1, "a string is written in single quotes", in_single_quotes());
      case '=':
        return fail(at_, 1, "values are compared with `==`", "write `==`");
      case '&':
        return fail(at_, 1, "\"and\" is written `&&`", "write `&&`");
      case '|':
        return fail(at_, 1, "\"or\" is written `||`", "write `||`");
      default:
        if (c > ' ' && c < '\x7f') return fail(at_, 1, fmt::format("`{}` makes no sense here", c));
        return fail(at_, 1,
                    fmt::format("the byte \\x{:02x} makes no sense here", static_cast<unsigned char>(c)));
    }
  }

  // -- nodes
  Node make(NodeKind kind, std::vector<Node> children, std::size_t offset) {
    Node node;
    node.kind = kind;
    for (const Node& child : children)
      node.depth = std::max(node.depth, child.depth + 1);
    if (node.depth > Expression::kMaxDepth) fail_depth(offset);
    node.children = std::move(children);
    return node;
  }
  void fail_depth(std::size_t offset) {
    fail(offset, 1, fmt::format("the expression is nested deeper than {} levels", Expression::kMaxDepth));
  }
  static std::vector<Node> pair(Node first, Node second) {
    std::vector<Node> nodes;
    nodes.push_back(std::move(first));
    nodes.push_back(std::move(second));
    return nodes;
  }

  // -- grammar
  Node any_of() { return list(NodeKind::any_of, "||", &Parser::all_of); }
  Node all_of() { return list(NodeKind::all_of, "&&", &Parser::equality); }
  Node list(NodeKind kind, std::string_view token, Node (Parser::*part)()) {
    const std::size_t begin = at_;
    std::vector<Node> parts;
    do {
      parts.push_back((this->*part)());
    } while (take(token));
    if (parts.size() == 1) return std::move(parts.front());
    return make(kind, std::move(parts), begin);
  }

  Node equality() {
    std::size_t operand_at = at_;
    Node left = relation();
    for (;;) {
      const Side first = side_of(left, operand_at);
      const std::size_t begin = at_;
      const bool equal = take("==");
      if (!equal && !take("!=")) return left;
      operand_at = at_;
      Node right = relation();
      note_comparison(first, side_of(right, operand_at));
      left =
          make(equal ? NodeKind::equal : NodeKind::unequal, pair(std::move(left), std::move(right)), begin);
    }
  }

  // Of what was just read, from `begin` on.
  [[nodiscard]] Side side_of(const Node& node, std::size_t begin) const {
    return {node.reference, node.kind == NodeKind::literal ? node.value : Value(), begin, end_};
  }
  void note_comparison(const Side& left, const Side& right) {
    const bool left_is_literal = left.reference == kNoReference;
    const auto& [reference, no_value, no_begin, no_end] = left_is_literal ? right : left;
    const auto& [no_reference, literal, begin, end] = left_is_literal ? left : right;
    if (reference == kNoReference) return;
    if (literal.is_string()) {
      out_.comparisons.push_back({reference, literal.get<std::string>(), begin, end - begin});
    } else if (literal.is_boolean()) {
      out_.truth_comparisons.push_back({reference, literal.get<bool>(), begin, end - begin});
    }
  }

  Node relation() {
    Node left = negation();
    for (;;) {
      const std::size_t begin = at_;
      const auto kind = take("<=")   ? NodeKind::at_most
                        : take(">=") ? NodeKind::at_least
                        : take("<")  ? NodeKind::less
                        : take(">")  ? NodeKind::greater
                                     : NodeKind::literal;
      if (kind == NodeKind::literal) return left;
      left = make(kind, pair(std::move(left), negation()), begin);
    }
  }

  Node negation() {
    const std::size_t begin = at_;
    int count = 0;
    while (peek() == '!' && text_.substr(at_, 2) != "!=" && take("!"))
      ++count;
    Node node = postfix();
    if (count > Expression::kMaxDepth) fail_depth(begin);
    for (; count > 0 && !error_; --count) {
      std::vector<Node> child;
      child.push_back(std::move(node));
      node = make(NodeKind::negation, std::move(child), begin);
    }
    return node;
  }

  // A primary and what hangs on it: `.name`, `.*`, `[...]`.
  Node postfix() {
    const std::size_t begin = at_;
    Node node = primary();
    std::size_t end = end_;
    const bool is_root = node.kind == NodeKind::root;
    const std::size_t noted = node.reference;
    Reference reference{node.name, {}, begin, 0};
    while (!error_) {
      const std::size_t here = at_;
      std::vector<Node> children;
      children.push_back(std::move(node));
      if (take(".")) {
        const std::size_t name_at = at_;
        if (take("*")) {
          node = make(NodeKind::filter, std::move(children), here);
          reference.path.emplace_back();
          end = name_at + 1;
        } else if (starts_name(peek())) {
          const std::string_view name = take_name();
          end = at_;
          skip_blanks();
          node = make(NodeKind::property, std::move(children), here);
          node.name = name;
          reference.path.emplace_back(std::string(name));
        } else {
          fail(at_, 1, "a name is missing after the dot");
          return {};
        }
      } else if (take("[")) {
        children.push_back(nested(here));
        const Node& key = children.back();
        const bool is_text = key.kind == NodeKind::literal && key.value.is_string();
        reference.path.push_back(is_text ? std::optional(key.value.get<std::string>()) : std::nullopt);
        end = at_ + 1;
        if (!error_ && !take("]")) fail(at_, 1, "a `]` is missing");
        node = make(NodeKind::index, std::move(children), here);
      } else {
        node = std::move(children.front());
        break;
      }
    }
    if (is_root) {
      reference.length = end - begin;
      // `(env).A`: what is in parentheses was noted without what hangs on it.
      node.reference = noted == kNoReference ? out_.references.size() : noted;
      if (noted == kNoReference) out_.references.emplace_back();
      out_.references[node.reference] = std::move(reference);
    }
    return node;
  }

  // What stands in brackets or parentheses, where the parser calls itself.
  Node nested(std::size_t begin) {
    if (++nesting_ > Expression::kMaxDepth) fail_depth(begin);
    Node node = error_ ? Node{} : any_of();
    --nesting_;
    return node;
  }

  // Leaves in end_ where its last byte ended, before blanks.
  Node primary() {
    if (error_) return {};
    const std::size_t begin = at_;
    const char c = peek();
    Node node;
    if (take("(")) {
      node = nested(begin);
      end_ = at_ + 1;
      if (!error_ && !take(")")) fail(at_, 1, "a `)` is missing");
    } else if (c == '\'') {
      node.value = string();
    } else if (is_ascii_digit(c) || c == '-' || c == '+' || c == '.') {
      node.value = number();
    } else if (starts_name(c)) {
      node = name();
    } else {
      fail_unexpected();
    }
    return node;
  }

  std::string string() {
    const std::size_t begin = at_++;
    std::string value;
    for (;; ++at_) {
      if (at_ >= text_.size()) {
        fail(begin, text_.size() - begin, "this string has no end");
        return value;
      }
      if (text_[at_] == '\'') {
        if (text_.substr(at_, 2) != "''") break;
        ++at_;
      }
      value += text_[at_];
    }
    end_ = ++at_;
    skip_blanks();
    return value;
  }

  // Whole numbers are kept as such, so that toJSON() writes no fraction.
  Value number() {
    const std::size_t begin = at_;
    const auto ends_number = [](char c) {
      return is_ascii_blank(c) || std::string_view(",()[]<>=!&|").find(c) != std::string_view::npos;
    };
    while (at_ < text_.size() && !ends_number(text_[at_]))
      ++at_;
    end_ = at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const double value = to_number(digits);
    if (std::isnan(value)) fail(begin, digits.size(), "this is no number");
    skip_blanks();
    constexpr double kExact = 1e15;
    if (std::abs(value) < kExact && value == std::trunc(value)) return static_cast<std::int64_t>(value);
    return value;
  }

  Node name() {
    const std::size_t begin = at_;
    const std::string_view word = take_name();
    end_ = at_;
    skip_blanks();
    if (peek() == '(') return call(word, begin);
    Node node;
    if (word == "true" || word == "false") {
      node.value = word == "true";
    } else if (word == "NaN") {
      node.value = std::numeric_limits<double>::quiet_NaN();
    } else if (word == "Infinity") {
      node.value = std::numeric_limits<double>::infinity();
    } else if (word != "null") {
      node.kind = NodeKind::root;
      node.name = word;
    }
    return node;
  }

  Node call(std::string_view word, std::size_t begin) {
    const FunctionInfo* info = find_function(word);
    if (info == nullptr) {
      std::vector<std::string_view> names;
      for (const FunctionInfo& known : kFunctions)
        names.push_back(known.name);
      const auto meant = suggest(word, names);
      fail(begin, word.size(), fmt::format("there is no function `{}`", word),
           meant ? fmt::format("did you mean `{}`?", *meant)
                 : fmt::format("the functions are: {}", fmt::join(names, ", ")));
      return {};
    }
    const std::size_t place = out_.calls.size();
    out_.calls.push_back({std::string(info->name), {}, begin, info->needs_run});
    take("(");
    std::vector<Node> arguments;
    std::vector<Side> sides;
    if (peek() != ')') {
      do {
        const std::size_t argument_at = at_;
        arguments.push_back(nested(begin));
        sides.push_back(side_of(arguments.back(), argument_at));
      } while (take(","));
    }
    end_ = at_ + 1;
    if (!error_ && !take(")")) fail(at_, 1, fmt::format("a `)` is missing, which ends `{}(`", word));
    if (arguments.size() < info->min_arguments || arguments.size() > info->max_arguments)
      fail(begin, word.size(), wrong_count(*info, arguments.size()));
    for (const Node& each : arguments) {
      const bool is_text = each.kind == NodeKind::literal && each.value.is_string();
      out_.calls[place].arguments.push_back(is_text ? std::optional(each.value.get<std::string>())
                                                    : std::nullopt);
    }
    if (!error_ && info->function == Function::contains && is_list(arguments[0]))
      note_comparison(sides[0], sides[1]);
    Node node = make(NodeKind::call, std::move(arguments), begin);
    node.function = info->function;
    return node;
  }

  static std::string wrong_count(const FunctionInfo& info, std::size_t given) {
    if (info.max_arguments == 0) return fmt::format("{}() takes no argument", info.name);
    const char* bound = info.max_arguments == info.min_arguments ? ""
                        : given < info.min_arguments             ? "at least "
                                                                 : "at most ";
    const std::size_t count = given < info.min_arguments ? info.min_arguments : info.max_arguments;
    return fmt::format("{}() takes {}{} argument{}, not {}", info.name, bound, count, count == 1 ? "" : "s",
                       given);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  int nesting_ = 0;
  Expression::Parsed out_;
  std::optional<SyntaxError> error_;
};

}  // namespace

tl::expected<Expression, SyntaxError> Expression::parse(std::string_view text) {
  auto parsed = Parser(text).run();
  if (!parsed) return tl::make_unexpected(std::move(parsed).error());
  return Expression(std::make_shared<const Parsed>(*std::move(parsed)));
}

}  // namespace fleet::text
