#include "syntax/tree.h"

#include <fmt/format.h>
#include <tree_sitter/api.h>

#include <chrono>
#include <memory>

#include "base/assert.h"
#include "syntax/blank_macros.h"
#include "syntax/grammar.h"

namespace fleet::syntax {
namespace {

struct Delete {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
  void operator()(TSTree* tree) const {
    if (tree != nullptr) ts_tree_delete(tree);
  }
};

// The parser of this thread keeps its buffers from one source to the next.
TSParser* parser_for(Language language) {
  thread_local const std::unique_ptr<TSParser, Delete> parser(ts_parser_new());
  FLEET_ASSERT(ts_parser_set_language(parser.get(), grammar_of(language).language()),
               "the grammar is of a version that the runtime does not read");
  return parser.get();
}

struct Alarm {
  std::chrono::steady_clock::time_point deadline;
  const Bounds& bounds;

  static bool rings(TSParseState* state) {
    const auto& self = *static_cast<const Alarm*>(state->payload);
    return self.bounds.is_stopped() || std::chrono::steady_clock::now() >= self.deadline;
  }
};

const char* read_all(void* payload, std::uint32_t offset, TSPoint, std::uint32_t* size) {
  const auto& source = *static_cast<const std::string_view*>(payload);
  *size = offset < source.size() ? static_cast<std::uint32_t>(source.size() - offset) : 0;
  return source.data() + (*size == 0 ? 0 : offset);
}

Node to_node(TSNode node) {
  Node out;
  out.span = {ts_node_start_byte(node), ts_node_end_byte(node)};
  out.kind = ts_node_symbol(node);
  out.named = ts_node_is_named(node);
  out.error = ts_node_is_error(node);
  out.extra = ts_node_is_extra(node) && !out.error;
  out.missing = ts_node_is_missing(node);
  return out;
}

bool is_one_of(std::string_view text, std::string_view characters) {
  return text.size() == 1 && characters.find(text[0]) != std::string_view::npos;
}

// Marks the closing separator among the children of a node whose children are all there.
void mark_closing_separator(std::vector<Node>& nodes, std::uint32_t parent, std::string_view source) {
  Node* before_last = nullptr;
  Node* last = nullptr;
  Node* before_that = nullptr;
  for (std::uint32_t child = parent + 1; child < nodes[parent].next; child = nodes[child].next) {
    if (nodes[child].extra) continue;
    before_that = before_last;
    before_last = last;
    last = &nodes[child];
  }
  if (last == nullptr || last->named) return;
  if (is_one_of(last->span.of(source), ")]}>")) {
    last = before_last;
    before_last = before_that;
    if (before_last == nullptr || !before_last->named || last->named) return;
  }
  last->closing_separator = is_one_of(last->span.of(source), ",;");
}

// Whether a node holds text that none of its children does: a string around its escapes.
bool is_opaque(const std::vector<Node>& nodes, std::uint32_t parent, std::string_view source) {
  std::uint32_t at = nodes[parent].span.start;
  const auto has_text_before = [&](std::uint32_t end) {
    // A backslash outside of strings joins two lines.
    return at < end && Span{at, end}.of(source).find_first_not_of(" \t\r\n\f\v\\") != std::string_view::npos;
  };
  for (std::uint32_t child = parent + 1; child < nodes[parent].next; child = nodes[child].next) {
    if (has_text_before(nodes[child].span.start)) return true;
    at = nodes[child].span.end;
  }
  return has_text_before(nodes[parent].span.end);
}

// Cut off when it is stopped.
std::vector<Node> flatten(const TSTree& tree, std::string_view source, const Bounds& bounds) {
  std::vector<Node> nodes;
  nodes.reserve(source.size() / 4 + 16);
  std::vector<std::uint32_t> open;
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(&tree));
  for (bool more = true; more;) {
    if (nodes.size() % 4096 == 0 && bounds.is_stopped()) break;
    const auto index = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back(to_node(ts_tree_cursor_current_node(&cursor)));
    nodes.back().next = index + 1;
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      open.push_back(index);
      continue;
    }
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      more = ts_tree_cursor_goto_parent(&cursor);
      if (!more) break;
      nodes[open.back()].next = static_cast<std::uint32_t>(nodes.size());
      if (!nodes[open.back()].error && is_opaque(nodes, open.back(), source)) {
        nodes.resize(open.back() + 1);
        nodes.back().next = open.back() + 1;
      }
      mark_closing_separator(nodes, open.back(), source);
      open.pop_back();
    }
  }
  ts_tree_cursor_delete(&cursor);
  return nodes;
}

}  // namespace

Place place_at(std::string_view source, std::size_t offset) {
  Place place;
  std::size_t line_start = 0;
  for (std::size_t at = source.find('\n'); at < offset; at = source.find('\n', at + 1)) {
    ++place.line;
    line_start = at + 1;
  }
  for (std::size_t at = line_start; at < offset && at < source.size(); ++at) {
    const bool continues = (static_cast<unsigned char>(source[at]) & 0xc0) == 0x80;
    if (!continues) ++place.column;
  }
  return place;
}

Tree::Tree(Language language, std::string_view source, std::vector<Node> nodes,
           std::shared_ptr<const TSTree> parsed)
    : language_(language), source_(source), nodes_(std::move(nodes)), parsed_(std::move(parsed)) {
  std::uint32_t error_end = 0;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.error && i >= error_end) {
      error_end = node.next;
      error_bytes_ += node.span.end - node.span.start;
    }
    if (i < error_end || node.missing) ++errors_;
  }
}

double Tree::error_share() const {
  if (errors_ == 0 || source_.empty()) return 0;
  return static_cast<double>(std::max<std::size_t>(error_bytes_, 1)) / static_cast<double>(source_.size());
}

const Node* Tree::first_error() const {
  for (const Node& node : nodes_) {
    if (node.error || node.missing) return &node;
  }
  return nullptr;
}

Result<Tree> parse(Language language, std::string_view source, const Bounds& bounds, Keep keep) {
  const std::string tried = fmt::format("parse as {}", base::name_of(language));
  if (source.size() > bounds.max_bytes) {
    return base::fail_input(
        tried, "", fmt::format("{} bytes, more than the {} that are taken", source.size(), bounds.max_bytes));
  }
  std::optional<std::string> blanked;
  if (language == Language::c || language == Language::cpp) blanked = blank_export_macros(source);
  std::string_view input = blanked ? std::string_view(*blanked) : source;

  TSParser* parser = parser_for(language);
  Alarm alarm{std::chrono::steady_clock::now() + bounds.time, bounds};
  std::shared_ptr<TSTree> tree(
      ts_parser_parse_with_options(parser, nullptr, {&input, read_all, TSInputEncodingUTF8, nullptr},
                                   {&alarm, Alarm::rings}),
      Delete());
  if (tree == nullptr) {
    ts_parser_reset(parser);
    if (bounds.is_stopped()) return base::fail_world(tried, "", kStopped);
    return base::fail_input(tried, "",
                            fmt::format("it takes longer than {}", base::format_duration(bounds.time)));
  }
  std::vector<Node> nodes = flatten(*tree, input, bounds);
  if (bounds.is_stopped()) return base::fail_world(tried, "", kStopped);
  if (keep == Keep::nodes) tree.reset();
  return Tree(language, source, std::move(nodes), std::move(tree));
}

}  // namespace fleet::syntax
