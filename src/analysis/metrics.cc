#include "analysis/metrics.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "analysis/function_names.h"
#include "analysis/halstead.h"
#include "analysis/node_parts.h"
#include "analysis/source_lines.h"

namespace fleet::analysis {
namespace {

using model::ClassMetrics;
using model::FileMetrics;
using model::FunctionMetrics;
using syntax::Language;
using syntax::Node;
using syntax::Tree;

constexpr std::size_t kNobody = SIZE_MAX;

// A function that the walk is in.
struct OpenFunction {
  std::size_t index;    // in FileMetrics::functions
  std::uint32_t depth;  // of nesting around its body
  std::string simple_name;
  bool is_recursive = false;
  Vocabulary vocabulary;
};

// A node that the walk is in.
struct OpenNode {
  std::uint32_t index = 0;
  std::uint32_t end = 0;
  std::uint32_t parts = 0;
  std::uint32_t inside = 0;         // depth of nesting of what is in it
  std::uint32_t condition_end = 0;  // of an `if`: its condition ends before this node
  std::uint32_t previous = 0;       // the child before the one that is looked at; 0: none
  int logical = 0;                  // the operator of the nearest `a && b` around
  bool is_else_if = false;
  bool in_string = false;
  bool is_ignored = false;  // of the preprocessor
  std::size_t class_index = kNobody;
  bool is_function = false;
  std::size_t scope_length = 0;  // of the name of what is around it
};

class Measurer {
 public:
  Measurer(const Tree& tree, FileMetrics& out)
      : tree_(tree),
        nodes_(tree.nodes()),
        parts_(NodeParts::of(tree.language())),
        lines_(tree.source()),
        out_(out) {}

  void run() {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      if (parts_.is(nodes_[i], kComment) || is_docstring(i)) lines_.mark_comment(nodes_[i].span);
    }
    lines_.count();
    out_.lines = lines_.all();
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      close(i);
      visit(i);
    }
    close(static_cast<std::uint32_t>(nodes_.size()));
    all_.add(rest_);
    out_.halstead = all_.counted();
    finish_file();
  }

 private:
  [[nodiscard]] std::string_view text(std::uint32_t i) const { return tree_.text(nodes_[i]); }
  [[nodiscard]] bool is_token(std::uint32_t i, std::string_view word) const {
    return !nodes_[i].named && text(i) == word;
  }

  // A string that stands alone where a statement does, as the counters of lines have it.
  [[nodiscard]] bool is_docstring(std::uint32_t i) const {
    return tree_.language() == Language::python && parts_.is(nodes_[i], kString) && i > 0 &&
           nodes_[i - 1].span == nodes_[i].span &&
           syntax::kind_name(tree_.language(), nodes_[i - 1].kind) == "expression_statement";
  }

  void close(std::uint32_t at) {
    while (!open_.empty() && open_.back().end <= at) {
      const OpenNode closed = open_.back();
      open_.pop_back();
      scope_.resize(closed.scope_length);
      if (closed.is_function) finish_function();
    }
  }

  void visit(std::uint32_t i) {
    const Node& node = nodes_[i];
    OpenNode now;
    now.index = i;
    now.end = node.next;
    now.parts = parts_.parts(node);
    now.scope_length = scope_.size();
    if (!open_.empty()) inherit(now);
    if (!now.is_ignored && !node.extra) {
      count_structure(now);
      if (tree_.is_leaf(i) || ((now.parts & kString) != 0 && !now_in_string(now))) count_word(now);
    }
    if ((now.parts & kString) != 0) now.in_string = true;
    if ((now.parts & kInterpolation) != 0) now.in_string = false;
    if (!open_.empty()) open_.back().previous = node.extra ? open_.back().previous : i;
    open_.push_back(now);
  }

  // Whether a string around it was counted already.
  [[nodiscard]] static bool now_in_string(const OpenNode& now) { return now.in_string; }

  void inherit(OpenNode& now) {
    const OpenNode& parent = open_.back();
    now.inside = parent.inside;
    now.logical = parent.logical;
    now.in_string = parent.in_string;
    now.is_ignored = parent.is_ignored || ((parent.parts & kCondition) != 0 && nodes_[now.index].named &&
                                           parent.previous == parent.index + 1);
    now.class_index = parent.class_index;
    if ((parent.parts & kIf) != 0 && !parent.is_else_if && is_body(parent, now)) ++now.inside;
  }

  // Whether a child of an `if` stands behind its condition.
  [[nodiscard]] bool is_body(const OpenNode& parent, const OpenNode& child) const {
    if (!nodes_[child.index].named) return false;
    if (tree_.language() == Language::go) return (child.parts & (kBlock | kIf)) != 0;
    return child.index >= parent.condition_end;
  }

  // The node after the condition of an `if`: after its first child with a name.
  [[nodiscard]] std::uint32_t condition_end(std::uint32_t i) const {
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next) {
      if (nodes_[child].named && !nodes_[child].extra) return nodes_[child].next;
    }
    return nodes_[i].next;
  }

  [[nodiscard]] bool follows_else() const {
    if (open_.empty()) return false;
    const OpenNode& parent = open_.back();
    return (parent.parts & (kIf | kElse)) != 0 && parent.previous != 0 && is_token(parent.previous, "else");
  }

  void count_structure(OpenNode& now) {
    const std::uint32_t i = now.index;
    if (is_token(i, "else")) return count_else(now);
    if ((now.parts & (kFunction | kLambda)) != 0) return open_function(now);
    if ((now.parts & (kClass | kScope)) != 0) open_scope(now);
    if ((now.parts & kIf) != 0) {
      now.is_else_if = follows_else();
      now.condition_end = condition_end(i);
      decide();
      now.is_else_if ? add_flat() : add_nested(now);
      note_nesting(now.inside + (now.is_else_if ? 0 : 1));
    } else if ((now.parts & kElseIf) != 0) {
      decide();
      add_flat();
    } else if ((now.parts & (kLoop | kSwitch | kCatch | kTernary)) != 0) {
      if ((now.parts & kSwitch) == 0 &&
          syntax::kind_name(tree_.language(), nodes_[i].kind) != "loop_expression")
        decide();
      add_nested(now);
      ++now.inside;
      note_nesting(now.inside);
    } else if ((now.parts & kCase) != 0) {
      if (!is_default(i)) decide();
    } else if ((now.parts & kFilter) != 0) {
      decide();
    } else if ((now.parts & kLogical) != 0) {
      count_logical(now);
    } else if ((now.parts & kJump) != 0 || ((now.parts & kLabelJump) != 0 && has_label(i))) {
      add_flat();
    } else if ((now.parts & kCall) != 0) {
      now.logical = 0;
      note_call(i);
    }
  }

  void count_else(const OpenNode& now) {
    if (open_.empty() || (open_.back().parts & (kIf | kElse)) == 0) return;
    std::uint32_t next = nodes_[now.index].next;
    while (next < open_.back().end && nodes_[next].extra)
      next = nodes_[next].next;
    if (next < open_.back().end && parts_.is(nodes_[next], kIf)) return;
    // Of a `try` it is no branch.
    const bool is_clause = (open_.back().parts & kElse) != 0;
    if (is_clause && open_.size() > 1 && (open_[open_.size() - 2].parts & (kIf | kLoop)) == 0) return;
    add_flat();
  }

  // `default:`, `case _:`, `_ =>`
  [[nodiscard]] bool is_default(std::uint32_t i) const {
    if (text(i).starts_with("default")) return true;
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next) {
      if (nodes_[child].named && !nodes_[child].extra) return text(child) == "_";
    }
    return false;
  }

  void count_logical(OpenNode& now) {
    int found = 0;
    for (std::uint32_t child = now.index + 1; child < now.end; child = nodes_[child].next) {
      if (const int op = parts_.logical_operator(nodes_[child]); op != 0) {
        decide();
        found = op;
      }
    }
    if (found == 0) return;
    if (now.logical != found) add_flat();
    now.logical = found;
  }

  [[nodiscard]] bool has_label(std::uint32_t i) const {
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next) {
      if (parts_.is(nodes_[child], kLabel)) return true;
      if (tree_.language() == Language::java && nodes_[child].named && !nodes_[child].extra) return true;
    }
    return false;
  }

  void note_call(std::uint32_t i) {
    if (functions_.empty() || functions_.back().is_recursive) return;
    const OpenFunction& function = functions_.back();
    std::string_view callee = text(i).substr(0, text(i).find('('));
    for (const std::string_view own : {"this.", "self.", "Self::", "this->", "cls."}) {
      if (callee.starts_with(own)) callee.remove_prefix(own.size());
    }
    if (callee != function.simple_name || callee.empty()) return;
    functions_.back().is_recursive = true;
    ++out_.functions[function.index].cognitive;
  }

  void decide() {
    ++(functions_.empty() ? out_.cyclomatic : out_.functions[functions_.back().index].cyclomatic);
  }

  void add_flat() { add(0); }
  void add_nested(const OpenNode& now) { add_to_all(now.inside); }

  void add(std::uint32_t extra) {
    if (functions_.empty()) out_.cognitive += 1 + extra;
    for (const OpenFunction& function : functions_)
      out_.functions[function.index].cognitive += 1 + extra;
  }

  void add_to_all(std::uint32_t depth) {
    if (functions_.empty()) out_.cognitive += 1 + depth;
    for (const OpenFunction& function : functions_)
      out_.functions[function.index].cognitive += 1 + depth - function.depth;
  }

  void note_nesting(std::uint32_t depth) {
    if (functions_.empty()) return;
    FunctionMetrics& function = out_.functions[functions_.back().index];
    function.nesting = std::max(function.nesting, depth - functions_.back().depth);
  }

  void open_scope(OpenNode& now) {
    const bool is_class = (now.parts & kClass) != 0;
    if (is_class && !has_class_body(now.index)) return;
    std::string name = class_name(tree_, now.index);
    enter(name);
    if (!is_class) return;
    ClassMetrics& metrics = out_.classes.emplace_back();
    metrics.name = scope_;
    metrics.at = lines_.region(nodes_[now.index].span);
    metrics.lines = lines_.counts(metrics.at.line, metrics.at.end_line);
    now.class_index = out_.classes.size() - 1;
  }

  // `struct point p;` only names one.
  [[nodiscard]] bool has_class_body(std::uint32_t i) const {
    const bool is_c = tree_.language() == Language::c || tree_.language() == Language::cpp;
    return !is_c || has_body(tree_, parts_, i);
  }

  void enter(const std::string& name) {
    if (name.empty()) return;
    if (!scope_.empty()) scope_ += scope_mark(tree_.language());
    scope_ += name;
  }

  void open_function(OpenNode& now) {
    const std::uint32_t i = now.index;
    const bool is_lambda = (now.parts & kLambda) != 0;
    std::string name = is_lambda ? "" : function_name(tree_, i);
    if (is_lambda && !open_.empty()) name = assigned_name(tree_, open_.back().index, i);
    now.logical = 0;
    // What has no name of its own belongs to the function around it.
    const bool is_own = is_lambda ? (!name.empty() || functions_.empty()) : has_body(tree_, parts_, i);
    if (!functions_.empty()) ++now.inside;
    if (!is_own) return;
    enter(name.empty() ? "(anonymous)" : name);
    FunctionMetrics& metrics = out_.functions.emplace_back();
    metrics.name = scope_;
    metrics.at = lines_.region(nodes_[i].span);
    metrics.lines = lines_.counts(metrics.at.line, metrics.at.end_line);
    metrics.parameters = count_parameters(tree_, parts_, i);
    const auto colon = name.find_last_of(".:");
    functions_.push_back({out_.functions.size() - 1,
                          now.inside,
                          colon == std::string::npos ? name : name.substr(colon + 1),
                          false,
                          {}});
    now.is_function = true;
    if (now.class_index != kNobody) ++out_.classes[now.class_index].methods;
    class_of_.push_back(now.class_index);
    now.class_index = kNobody;
  }

  void finish_function() {
    OpenFunction& closed = functions_.back();
    FunctionMetrics& metrics = out_.functions[closed.index];
    metrics.halstead = closed.vocabulary.counted();
    metrics.maintainability = maintainability(metrics.halstead, metrics.cyclomatic, metrics.lines.code);
    if (class_of_.back() != kNobody) out_.classes[class_of_.back()].cyclomatic += metrics.cyclomatic;
    class_of_.pop_back();
    all_.add(closed.vocabulary);
    functions_.pop_back();
  }

  void count_word(const OpenNode& now) {
    if (now.in_string) return;
    const std::uint32_t i = now.index;
    const Node& node = nodes_[i];
    const std::string_view word = text(i);
    if (word.empty() || (now.parts & kComment) != 0) return;
    Vocabulary& vocabulary = functions_.empty() ? rest_ : functions_.back().vocabulary;
    if (node.named && (now.parts & kTypeWord) == 0) {
      vocabulary.add_operand(numbering_.number(word));
    } else if (word != ")" && word != "]" && word != "}" && word != ";" && word != ",") {
      vocabulary.add_operator(numbering_.number(word));
    }
  }

  void finish_file() {
    double weighted = 0;
    std::uint64_t weight = 0;
    for (const FunctionMetrics& function : out_.functions) {
      out_.cyclomatic += function.cyclomatic;
      weighted += function.maintainability * function.lines.code;
      weight += function.lines.code;
    }
    out_.maintainability = weight == 0 ? maintainability(out_.halstead, out_.cyclomatic + 1, out_.lines.code)
                                       : weighted / static_cast<double>(weight);
    // An inner function's is part of the outer one's already.
    std::uint32_t last_line = 0, last_column = 0;
    for (const FunctionMetrics& function : out_.functions) {
      const bool is_inner = function.at.end_line < last_line ||
                            (function.at.end_line == last_line && function.at.end_column <= last_column);
      if (is_inner) continue;
      out_.cognitive += function.cognitive;
      last_line = function.at.end_line;
      last_column = function.at.end_column;
    }
  }

  const Tree& tree_;
  const std::vector<Node>& nodes_;
  const NodeParts& parts_;
  SourceLines lines_;
  FileMetrics& out_;
  Numbering numbering_;
  std::vector<OpenNode> open_;
  std::vector<OpenFunction> functions_;
  std::vector<std::size_t> class_of_;  // of each open function
  std::string scope_;
  Vocabulary rest_, all_;  // outside of functions; everywhere
};

}  // namespace

double maintainability(const model::Halstead& halstead, std::uint32_t cyclomatic, std::uint32_t code_lines) {
  if (code_lines == 0) return 100;
  const double volume = std::max(halstead.volume(), 1.0);
  const double index = 171 - 5.2 * std::log(volume) - 0.23 * cyclomatic - 16.2 * std::log(code_lines);
  return std::clamp(index * 100 / 171, 0.0, 100.0);
}

FileMetrics measure(const Tree& tree, std::string path) {
  FileMetrics metrics;
  metrics.path = std::move(path);
  metrics.language = base::name_of(tree.language());
  metrics.error_share = tree.error_share();
  Measurer(tree, metrics).run();
  return metrics;
}

}  // namespace fleet::analysis
