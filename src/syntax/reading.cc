#include "syntax/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "syntax/grammar.h"
#include "syntax/rendering.h"

namespace fleet::syntax {
namespace {

constexpr std::size_t kMaxDepth = 200;  // of a pattern: the matcher recurses over it

// Makes a Reading of a subtree.
class Builder {
 public:
  Builder(const Pattern::Compiled& pattern, const Rendered& rendered, const Tree& tree, std::uint32_t shift)
      : pattern_(pattern), rendered_(rendered), tree_(tree), shift_(shift) {}

  // Nothing where the nodes are nested too deeply.
  std::optional<Reading> build(std::uint32_t root) {
    if (!add(root, 0)) return std::nullopt;
    fold_separators();
    locate_words();
    return std::move(reading_);
  }

 private:
  // The metavariable that a node stands for as a whole.
  std::optional<std::size_t> metavariable(std::uint32_t index) const {
    const Node& node = tree_.nodes()[index];
    std::string_view text = tree_.text(node);
    const bool semicolon = text.ends_with(';') && text.size() > 1;
    if (semicolon) text.remove_suffix(1);
    for (std::size_t i = 0; i < rendered_.stand_ins.size(); ++i) {
      if (rendered_.stand_ins[i].empty() || rendered_.stand_ins[i] != text) continue;
      const bool many = pattern_.words[i].kind == WordKind::many;
      if (semicolon && !many && !rendered_.semicolon_added[i]) return std::nullopt;
      const auto& bare = grammar_of(tree_.language()).bare_blocks;
      const bool is_bare_block =
          std::find(bare.begin(), bare.end(), kind_name(tree_.language(), node.kind)) != bare.end();
      if (many && is_bare_block) return std::nullopt;
      return i;
    }
    return std::nullopt;
  }

  bool add(std::uint32_t index, std::size_t depth) {
    if (depth > kMaxDepth) return false;
    const Node& node = tree_.nodes()[index];
    const auto at = reading_.nodes.size();
    reading_.nodes.emplace_back();
    PatternNode added;
    added.kind = node.kind;
    added.optional = node.closing_separator;
    added.rendered = {node.span.start - shift_, node.span.end - shift_};
    if (const auto word = metavariable(index)) {
      added.role = pattern_.words[*word].kind == WordKind::many ? Role::many : Role::one;
      added.rendered = rendered_.words[*word];
      const auto name = std::find(pattern_.names.begin(), pattern_.names.end(), pattern_.words[*word].name);
      if (name != pattern_.names.end())
        added.variable = static_cast<std::uint32_t>(name - pattern_.names.begin());
    } else if (tree_.is_leaf(index)) {
      added.text = as_written(std::string(tree_.text(node)));
    } else {
      for (std::uint32_t child = index + 1; child < node.next; child = tree_.nodes()[child].next) {
        // Past the text stands what the surroundings added.
        const bool is_written = tree_.nodes()[child].span.start < shift_ + rendered_.text.size();
        if (!tree_.nodes()[child].extra && is_written && !add(child, depth + 1)) return false;
      }
    }
    added.next = static_cast<std::uint32_t>(reading_.nodes.size());
    reading_.nodes[at] = std::move(added);
    return true;
  }

  // A metavariable in the middle of a string is none.
  std::string as_written(std::string text) const {
    for (std::size_t i = 0; i < rendered_.stand_ins.size(); ++i) {
      const std::string& stand_in = rendered_.stand_ins[i];
      const std::size_t at = stand_in.empty() ? std::string::npos : text.find(stand_in);
      if (at != std::string::npos)
        text.replace(at, stand_in.size(), pattern_.words[i].span.of(pattern_.text));
    }
    return text;
  }

  // Gives each `$$$` the comma before it, or else the one after it, to be there only if it stands for
  // something.
  void fold_separators() {
    auto& nodes = reading_.nodes;
    const auto is_separator = [&](std::uint32_t i) {
      return i != kNone && nodes[i].role == Role::code && !nodes[i].folded &&
             (nodes[i].text == "," || nodes[i].text == ";");
    };
    for (std::uint32_t parent = 0; parent < nodes.size(); ++parent) {
      std::uint32_t before = kNone;
      for (std::uint32_t child = parent + 1; child < nodes[parent].next;
           before = child, child = nodes[child].next) {
        if (nodes[child].role != Role::many) continue;
        const std::uint32_t after = nodes[child].next < nodes[parent].next ? nodes[child].next : kNone;
        const std::uint32_t separator = is_separator(before) ? before : is_separator(after) ? after : kNone;
        if (separator == kNone || nodes[separator].optional) continue;
        nodes[separator].folded = true;
        nodes[child].separator = separator;
      }
    }
  }

  void locate_words() {
    reading_.node_of_word.assign(pattern_.words.size(), kNone);
    reading_.offset_in_node.assign(pattern_.words.size(), 0);
    for (std::uint32_t i = 0; i < reading_.nodes.size(); ++i) {
      const PatternNode& node = reading_.nodes[i];
      if (node.next != i + 1) continue;
      const auto first =
          std::lower_bound(rendered_.words.begin(), rendered_.words.end(), node.rendered.start,
                           [](const Span& word, std::uint32_t start) { return word.start < start; });
      for (auto word = first; word != rendered_.words.end() && word->end <= node.rendered.end; ++word) {
        const auto index = static_cast<std::size_t>(word - rendered_.words.begin());
        // In the middle of a string the offset is not that of the written text, and no matter of layout.
        if (node.role == Role::code && pattern_.words[index].is_metavariable()) break;
        reading_.node_of_word[index] = i;
        reading_.offset_in_node[index] = word->start - node.rendered.start;
      }
    }
  }

  const Pattern::Compiled& pattern_;
  const Rendered& rendered_;
  const Tree& tree_;
  std::uint32_t shift_;
  Reading reading_;
};

// The one node that a pattern is.
struct Root {
  std::uint32_t node = kNone;
  std::size_t pieces = 0;
  std::size_t cut = 0;
};

Root find_root(const Tree& tree, Span inside, std::string_view after) {
  const std::uint32_t end = inside.end + (after.starts_with(';') || after.starts_with('\n') ? 1 : 0);
  Root root;
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = 1; i < nodes.size();) {
    const Node& node = nodes[i];
    const bool within =
        node.span.start >= inside.start && node.span.end <= end && node.span.start < node.span.end;
    if (!within) {
      ++i;
      continue;
    }
    const std::string_view text = tree.text(node);
    if (root.pieces == 1 && !node.named && (text == ";" || text == ",")) {
      const Span between{nodes[root.node].span.end, node.span.start};
      const bool adjoins = between.of(tree.source()).find_first_not_of(" \t\r\n") == std::string_view::npos;
      if (adjoins && node.span.end == inside.end) root.cut = inside.end - between.start;
    } else if (!node.extra) {
      root.node = i;
      ++root.pieces;
    }
    i = node.next;
  }
  if (root.pieces == 1 && !nodes[root.node].named) root.pieces = 0;
  if (root.pieces != 1) return root;
  const auto is_only_child = [&](std::uint32_t child) {
    return child < nodes[root.node].next && nodes[child].next == nodes[root.node].next && nodes[child].named;
  };
  while (is_only_child(root.node + 1))
    ++root.node;
  return root;
}

// A script reads `a: $X` as a label, which nobody looks for.
bool is_label(const Tree& tree, std::uint32_t root) {
  const auto kind = [&](std::uint32_t i) { return kind_name(tree.language(), tree.nodes()[i].kind); };
  if (kind(root) == "labeled_statement") return true;
  return kind(root) == "statement_block" && tree.nodes()[root].next > root + 2 &&
         kind(root + 2) == "labeled_statement";
}

// A name, qualified or with type arguments, can mean a value in one place and a type in another.
bool is_name_like(const Pattern::Compiled& pattern) {
  bool after_name = false;
  for (const Word& word : pattern.words) {
    const bool is_name = word.kind != WordKind::mark;
    if (is_name && after_name) return false;
    if (!is_name && std::string_view(".:<>,").find(pattern.text[word.span.start]) == std::string_view::npos)
      return false;
    after_name = is_name;
  }
  return true;
}

bool is_same(const Reading& a, const Reading& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                    [](const PatternNode& x, const PatternNode& y) {
                      return x.role == y.role && x.kind == y.kind && x.next == y.next && x.text == y.text;
                    });
}

class Reader {
 public:
  Reader(const Pattern::Compiled& pattern, const std::string& tried, const std::string& on)
      : pattern_(pattern), tried_(tried), on_(on) {
    renderings_.push_back(render(pattern, Spelling::names));
    renderings_.push_back(render(pattern, grammar().spelling));
  }

  Result<Readings> read() {
    if (std::all_of(pattern_.words.begin(), pattern_.words.end(),
                    [](const Word& word) { return word.is_metavariable(); })) {
      return refuse("a metavariable alone would fit any code");
    }
    std::optional<Readings> doubtful;
    Readings found;
    for (const Surroundings& fragment : grammar().fragments) {
      for (const Rendered& rendered : renderings_) {
        FLEET_TRY(Attempt attempt, parse_in(fragment, rendered));
        if (!attempt.reading) continue;
        Readings readings{{std::move(*attempt.reading)}, attempt.cut};
        if (attempt.is_label) {
          if (!doubtful) doubtful = std::move(readings);
        } else if (found.all.empty()) {
          found = std::move(readings);
        }
      }
      if (!found.all.empty()) break;
    }
    if (is_name_like(pattern_)) FLEET_CHECK(add(grammar().names_also_in, found));
    if (!found.all.empty() && is_declaration(found.all[0])) {
      FLEET_CHECK(add(grammar().declarations_also_in, found));
    }
    if (found.all.empty() && doubtful) found = std::move(*doubtful);
    if (found.all.empty()) return refuse(why_);
    if (found.all[0].nodes[0].role != Role::code) return refuse("a metavariable alone would fit any code");
    return found;
  }

 private:
  struct Attempt {
    std::optional<Reading> reading;
    std::size_t cut = 0;
    bool is_label = false;
  };

  const Grammar& grammar() const { return grammar_of(pattern_.language); }

  tl::unexpected<Error> refuse(const std::string& why) const {
    return base::fail_input(
        tried_, on_, why, "a pattern is code of the language, with $X for one node and $$$X for any number");
  }

  bool is_declaration(const Reading& reading) const {
    const std::string_view kind = kind_name(pattern_.language, reading.nodes[0].kind);
    return kind.ends_with("declaration") || kind.ends_with("definition");
  }

  Result<> add(const std::vector<Surroundings>& places, Readings& found) {
    for (const Surroundings& surroundings : places) {
      FLEET_TRY(Attempt attempt, parse_in(surroundings, renderings_[0]));
      if (!attempt.reading) continue;
      const bool known = std::any_of(found.all.begin(), found.all.end(),
                                     [&](const Reading& other) { return is_same(other, *attempt.reading); });
      if (!known) found.all.push_back(std::move(*attempt.reading));
    }
    return {};
  }

  Result<Attempt> parse_in(const Surroundings& surroundings, const Rendered& rendered) {
    const std::string source = fmt::format("{}{}{}", surroundings.before, rendered.text, surroundings.after);
    FLEET_TRY(const Tree tree, parse(pattern_.language, source));
    const auto shift = static_cast<std::uint32_t>(surroundings.before.size());
    const Span inside{shift, shift + static_cast<std::uint32_t>(rendered.text.size())};
    if (tree.errors() > 0) {
      note_error(tree, rendered, shift);
      return Attempt{};
    }
    const Root root = find_root(tree, inside, surroundings.after);
    if (root.pieces != 1) {
      note(0, root.pieces == 0
                  ? "it holds no code"
                  : fmt::format("it is {} pieces of code side by side, and must be one: one expression, "
                                "statement or member",
                                root.pieces));
      return Attempt{};
    }
    Attempt attempt{Builder(pattern_, rendered, tree, shift).build(root.node), root.cut,
                    is_label(tree, root.node)};
    if (!attempt.reading) note(0, fmt::format("it is nested deeper than {} levels", kMaxDepth));
    return attempt;
  }

  // Keeps the reason of the attempt that went furthest.
  void note(std::size_t errors, std::string why) {
    if (errors >= least_errors_) return;
    least_errors_ = errors;
    why_ = std::move(why);
  }

  void note_error(const Tree& tree, const Rendered& rendered, std::uint32_t shift) {
    const std::uint32_t at = std::max(tree.first_error()->span.start, shift) - shift;
    std::size_t word = 0;
    while (word + 1 < rendered.words.size() && rendered.words[word].end <= at)
      ++word;
    const std::uint32_t start = pattern_.words[word].span.start;
    const Place place = place_at(pattern_.text, start);
    const std::size_t length = std::min<std::size_t>(40, pattern_.text.find('\n', start) - start);
    note(tree.errors(), fmt::format("it does not parse at line {}, column {}: `{}`", place.line, place.column,
                                    pattern_.text.substr(start, length)));
  }

  const Pattern::Compiled& pattern_;
  const std::string& tried_;
  const std::string& on_;
  std::vector<Rendered> renderings_;
  std::size_t least_errors_ = static_cast<std::size_t>(-1);
  std::string why_;
};

}  // namespace

Result<Readings> read_pattern(const Pattern::Compiled& pattern, const std::string& tried,
                              const std::string& on) {
  return Reader(pattern, tried, on).read();
}

}  // namespace fleet::syntax
