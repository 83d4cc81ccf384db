#include "analysis/metrics.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
constexpr std::size_t kLongestScope = 200;   // bytes: what is nested deeper is named without the rest
constexpr std::size_t kLongestCallee = 250;  // bytes: no function has a longer name here
constexpr const char* kAnonymous = "(anonymous)";

std::uint32_t bounded(std::uint64_t number) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

// Whether no function of C or C++ is called that.
bool names_statement(Language language, std::string_view name) {
  return (language == Language::c || language == Language::cpp) &&
         (name == "if" || name == "for" || name == "while" || name == "switch");
}

// A function that the walk is in; at the bottom the file itself.
struct OpenFunction {
  std::size_t index = kNobody;  // in FileMetrics::functions
  std::size_t class_index = kNobody;
  std::uint32_t depth = 0;  // of nesting around its body
  SelfCall self_call;
  bool is_recursive = false;
  std::uint32_t cyclomatic = 0;
  std::uint32_t nesting = 0;
  // Cognitive complexity, that of inner functions with it, and how many of its parts take a surcharge for
  // each level of nesting: what the functions around it will add.
  std::uint64_t cognitive = 0, nested = 0;
  Vocabulary vocabulary;
};

// A node that the walk is in.
struct OpenNode {
  std::uint32_t index = 0;
  std::uint32_t end = 0;
  std::uint32_t parts = 0;
  std::uint32_t around = 0;         // depth of nesting of it
  std::uint32_t inside = 0;         // and of what is in it
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
    functions_.emplace_back();
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      close(i);
      visit(i);
    }
    close(static_cast<std::uint32_t>(nodes_.size()));
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
    if (((now.parts & kComment) != 0 && !text(i).starts_with("#!")) || is_docstring(i))
      lines_.mark_comment(node.span);
    if (!now.is_ignored && !node.extra) {
      count_structure(now);
      if (!now.in_string && (tree_.is_leaf(i) || (now.parts & kString) != 0)) count_word(now);
    }
    if ((now.parts & kString) != 0) now.in_string = true;
    if ((now.parts & kInterpolation) != 0) now.in_string = false;
    if (!open_.empty()) open_.back().previous = node.extra ? open_.back().previous : i;
    open_.push_back(now);
  }

  void inherit(OpenNode& now) {
    const OpenNode& parent = open_.back();
    now.inside = parent.inside;
    now.logical = parent.logical;
    now.in_string = parent.in_string;
    now.is_ignored = parent.is_ignored || ((parent.parts & kCondition) != 0 && nodes_[now.index].named &&
                                           parent.previous == parent.index + 1);
    now.class_index = parent.class_index;
    if ((parent.parts & kIf) != 0 && !parent.is_else_if && is_body(parent, now)) ++now.inside;
    if ((parent.parts & kLetElse) != 0 && follows_else()) ++now.inside;
    now.around = now.inside;
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
    return (parent.parts & (kIf | kElse | kLetElse)) != 0 && parent.previous != 0 &&
           is_token(parent.previous, "else");
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
    } else if ((now.parts & (kLoop | kEndlessLoop | kSwitch | kCatch | kTernary)) != 0) {
      if ((now.parts & (kSwitch | kEndlessLoop)) == 0) decide();
      add_nested(now);
      ++now.inside;
      note_nesting(now.inside);
    } else if ((now.parts & kCase) != 0) {
      if (!is_default(i)) decide();
    } else if ((now.parts & kDecision) != 0) {
      decide();
    } else if ((now.parts & kPattern) != 0) {
      if (has_token(i, "if")) decide();
    } else if ((now.parts & kLogical) != 0) {
      count_logical(now);
    } else if ((now.parts & kJump) != 0 || ((now.parts & kLabelJump) != 0 && has_label(i))) {
      add_flat();
    } else if ((now.parts & kCall) != 0) {
      now.logical = 0;
      note_call(i);
    } else if ((now.parts & kDeclarator) != 0 && i + 1 < now.end) {
      count_misread(now);
    }
  }

  // After a macro without a semicolon the parser takes `CHECK(a) if (b) { }` for a function of that name.
  void count_misread(const OpenNode& now) {
    const std::string_view name = text(now.index + 1);
    if (!names_statement(tree_.language(), name)) return;
    if (name != "switch") decide();
    OpenNode statement = now;
    // What is in a function lies deeper than it, and this is the function.
    if (!open_.empty() && (open_.back().parts & kFunction) != 0) statement.inside = open_.back().around;
    add_nested(statement);
    note_nesting(statement.inside + 1);
  }

  void count_else(const OpenNode& now) {
    if (open_.empty()) return;
    const OpenNode& parent = open_.back();
    if ((parent.parts & kLetElse) != 0) {
      decide();
      add_nested(now);
      return note_nesting(now.inside + 1);
    }
    if ((parent.parts & (kIf | kElse)) == 0) return;
    std::uint32_t next = nodes_[now.index].next;
    while (next < parent.end && nodes_[next].extra)
      next = nodes_[next].next;
    if (next < parent.end && parts_.is(nodes_[next], kIf)) return;
    // Of a `try` it is no branch.
    const bool is_clause = (parent.parts & kElse) != 0;
    if (is_clause && open_.size() > 1 && (open_[open_.size() - 2].parts & (kIf | kLoop)) == 0) return;
    add_flat();
  }

  [[nodiscard]] bool has_token(std::uint32_t i, std::string_view word) const {
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next) {
      if (is_token(child, word)) return true;
    }
    return false;
  }

  // `default:`, `case _:`, `_ =>`
  [[nodiscard]] bool is_default(std::uint32_t i) const {
    if (has_token(i, "default")) return true;
    if (tree_.language() != Language::python && tree_.language() != Language::rust) return false;
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next) {
      // The pattern, which may have a guard behind it.
      if (nodes_[child].named && !nodes_[child].extra)
        return child + 1 < nodes_[child].next && text(child + 1) == "_";
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
    OpenFunction& function = functions_.back();
    if (function.is_recursive || function.self_call.name.empty()) return;
    std::uint32_t arguments = i + 1;
    for (std::uint32_t child = i + 1; child < nodes_[i].next; child = nodes_[child].next)
      arguments = child;
    if (arguments >= nodes_[i].next) return;
    const std::uint32_t start = nodes_[i].span.start;
    const std::uint32_t length = nodes_[arguments].span.start - start;
    if (length > kLongestCallee || !function.self_call.is(tree_.source().substr(start, length))) return;
    function.is_recursive = true;
    ++function.cognitive;
  }

  void decide() { ++functions_.back().cyclomatic; }
  void add_flat() { ++functions_.back().cognitive; }
  void add_nested(const OpenNode& now) {
    OpenFunction& function = functions_.back();
    function.cognitive += 1 + now.inside - function.depth;
    ++function.nested;
  }

  void note_nesting(std::uint32_t depth) {
    OpenFunction& function = functions_.back();
    function.nesting = std::max(function.nesting, depth - function.depth);
  }

  void open_scope(OpenNode& now) {
    const bool is_class = (now.parts & kClass) != 0;
    if (is_class && !has_class_body(now.index)) return;
    std::string name = class_name(tree_, now.index);
    if (name.empty() && is_class) {
      if (!open_.empty()) name = assigned_name(tree_, open_.back().index, now.index);
      if (name.empty()) name = kAnonymous;
    }
    if (name.empty()) return;
    const std::string full = enter(name);
    if (!is_class) return;
    ClassMetrics& metrics = out_.classes.emplace_back();
    metrics.name = full;
    metrics.at = lines_.region(nodes_[now.index].span);
    now.class_index = out_.classes.size() - 1;
  }

  // `struct point p;` only names one.
  [[nodiscard]] bool has_class_body(std::uint32_t i) const {
    const bool is_c = tree_.language() == Language::c || tree_.language() == Language::cpp;
    return !is_c || has_body(tree_, parts_, i);
  }

  // The name with all that it is in. From here on it is what others are in.
  std::string enter(const std::string& name) {
    std::string full = scope_.empty() ? name : scope_ + scope_mark(tree_.language()) + name;
    if (full.size() <= kLongestScope) scope_ = full;
    return full;
  }

  void open_function(OpenNode& now) {
    const std::uint32_t i = now.index;
    const bool is_lambda = (now.parts & kLambda) != 0;
    const bool is_inner = functions_.size() > 1;
    std::string name = is_lambda ? "" : function_name(tree_, i);
    if (is_lambda && !open_.empty()) name = assigned_name(tree_, open_.back().index, i);
    now.logical = 0;
    if (is_inner) ++now.inside;
    // What has no name of its own belongs to the function around it.
    const bool is_own = is_lambda ? (!name.empty() || !is_inner)
                                  : has_body(tree_, parts_, i) && !names_statement(tree_.language(), name);
    if (!is_own) return;
    const bool is_member = now.class_index != kNobody;
    FunctionMetrics& metrics = out_.functions.emplace_back();
    metrics.name = enter(name.empty() ? kAnonymous : name);
    metrics.at = lines_.region(nodes_[i].span);
    metrics.parameters = count_parameters(tree_, parts_, i, is_member);
    OpenFunction& function = functions_.emplace_back();
    function.index = out_.functions.size() - 1;
    function.class_index = now.class_index;
    function.depth = now.inside;
    function.cyclomatic = 1;
    function.self_call =
        self_call(tree_, i, open_.empty() ? i : open_.back().index, is_member, std::move(name));
    now.is_function = true;
    now.class_index = kNobody;
    if (!is_member) return;
    ++out_.classes[function.class_index].methods;
  }

  void finish_function() {
    OpenFunction closed = std::move(functions_.back());
    functions_.pop_back();
    FunctionMetrics& metrics = out_.functions[closed.index];
    metrics.cyclomatic = closed.cyclomatic;
    metrics.cognitive = bounded(closed.cognitive);
    metrics.nesting = closed.nesting;
    metrics.halstead = closed.vocabulary.counted();
    if (closed.class_index != kNobody) out_.classes[closed.class_index].cyclomatic += closed.cyclomatic;
    OpenFunction& outer = functions_.back();
    // A file is no level of nesting: it has what its functions have.
    const bool is_inner = functions_.size() > 1;
    outer.cognitive += closed.cognitive + (is_inner ? closed.nested * (closed.depth - outer.depth) : 0);
    if (is_inner) outer.nested += closed.nested;
    all_.add(closed.vocabulary);
  }

  void count_word(const OpenNode& now) {
    const std::string_view word = text(now.index);
    if (word.empty()) return;
    Vocabulary& vocabulary = functions_.back().vocabulary;
    if (nodes_[now.index].named && (now.parts & kTypeWord) == 0) {
      vocabulary.add_operand(numbering_.number(word));
    } else if (word != ")" && word != "]" && word != "}" && word != ";" && word != ",") {
      vocabulary.add_operator(numbering_.number(word));
    }
  }

  void finish_file() {
    lines_.count();
    out_.lines = lines_.all();
    for (ClassMetrics& metrics : out_.classes)
      metrics.lines = lines_.counts(metrics.at.line, metrics.at.end_line);
    const OpenFunction& file = functions_.front();
    out_.cyclomatic = file.cyclomatic;
    out_.cognitive = bounded(file.cognitive);
    all_.add(file.vocabulary);
    out_.halstead = all_.counted();
    double weighted = 0;
    std::uint64_t weight = 0;
    for (FunctionMetrics& function : out_.functions) {
      function.lines = lines_.counts(function.at.line, function.at.end_line);
      function.maintainability = maintainability(function.halstead, function.cyclomatic, function.lines.code);
      out_.cyclomatic += function.cyclomatic;
      weighted += function.maintainability * function.lines.code;
      weight += function.lines.code;
    }
    out_.maintainability = weight == 0 ? maintainability(out_.halstead, out_.cyclomatic + 1, out_.lines.code)
                                       : weighted / static_cast<double>(weight);
  }

  const Tree& tree_;
  const std::vector<Node>& nodes_;
  const NodeParts& parts_;
  SourceLines lines_;
  FileMetrics& out_;
  Numbering numbering_;
  std::vector<OpenNode> open_;
  std::vector<OpenFunction> functions_;
  std::string scope_;
  Vocabulary all_;
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
