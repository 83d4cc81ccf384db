#include "syntax/query.h"

#include <fmt/format.h>
#include <tree_sitter/api.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/assert.h"
#include "syntax/grammar.h"
#include "text/regex.h"

namespace fleet::syntax {
namespace {

constexpr std::uint32_t kMostOpenMatches = 4096;
constexpr std::size_t kMostMatches = 100'000;

struct DeleteQuery {
  void operator()(TSQuery* query) const { ts_query_delete(query); }
  void operator()(TSQueryCursor* cursor) const { ts_query_cursor_delete(cursor); }
};

enum class Test { equal, match };

// `(#eq? @a "x" "y")`: holds where every node of the capture is one of the texts, or is found by the
// expression.
struct Predicate {
  Test test = Test::equal;
  bool negated = false;
  std::uint32_t capture = 0;
  std::vector<std::string> texts;
  std::optional<std::uint32_t> other;  // a capture instead of texts
  std::optional<text::Regex> expression;
};

std::string_view describe_query_error(TSQueryError error) {
  switch (error) {
    case TSQueryErrorNodeType:
      return "there is no such kind of node in the language";
    case TSQueryErrorField:
      return "there is no such field in the language";
    case TSQueryErrorCapture:
      return "there is no such capture";
    case TSQueryErrorStructure:
      return "no code of the language has this shape";
    default:
      return "it is not well formed";
  }
}

}  // namespace

struct Query::Compiled {
  Language language = Language::c;
  std::unique_ptr<TSQuery, DeleteQuery> query;
  std::vector<std::string> names;
  std::vector<std::vector<Predicate>> predicates;  // by pattern
  std::vector<std::uint32_t> starts;               // by pattern
};

namespace {

std::string_view query_string(const TSQuery& query, std::uint32_t id) {
  std::uint32_t length = 0;
  const char* text = ts_query_string_value_for_id(&query, id, &length);
  return {text, length};
}

// One predicate out of its steps, without the closing one.
Result<Predicate> read_predicate(const TSQuery& query, const TSQueryPredicateStep* first,
                                 const TSQueryPredicateStep* last, const std::string& tried) {
  const auto refuse = [&](std::string why, std::string hint = {}) {
    return base::fail_input(tried, "", std::move(why), std::move(hint));
  };
  if (first == last || first->type != TSQueryPredicateStepTypeString)
    return refuse("a predicate begins with its name");
  std::string_view name = query_string(query, first->value_id);
  const std::string written(name);
  Predicate predicate;
  if (name.starts_with("not-")) {
    predicate.negated = true;
    name.remove_prefix(4);
  }
  if (name != "eq?" && name != "any-of?" && name != "match?") {
    return refuse(fmt::format("the predicate `#{}` is not known", written),
                  "known are #eq? #not-eq? #match? #not-match? #any-of? #not-any-of?");
  }
  if (last - first < 3 || first[1].type != TSQueryPredicateStepTypeCapture)
    return refuse(fmt::format("`#{}` takes a capture and what it is compared with", written));
  predicate.capture = first[1].value_id;
  if (name != "any-of?" && last - first > 3)
    return refuse(fmt::format("`#{}` compares with one text", written), "use #any-of? for several");
  for (const TSQueryPredicateStep* step = first + 2; step != last; ++step) {
    if (step->type == TSQueryPredicateStepTypeCapture) {
      if (name != "eq?") return refuse(fmt::format("`#{}` compares with text, not with a capture", written));
      predicate.other = step->value_id;
    } else {
      predicate.texts.emplace_back(query_string(query, step->value_id));
    }
  }
  if (name == "match?") {
    predicate.test = Test::match;
    FLEET_TRY(predicate.expression, text::Regex::parse(predicate.texts[0]));
  }
  return predicate;
}

Result<std::vector<Predicate>> read_predicates(const TSQuery& query, std::uint32_t pattern,
                                               const std::string& tried) {
  std::uint32_t count = 0;
  const TSQueryPredicateStep* step = ts_query_predicates_for_pattern(&query, pattern, &count);
  std::vector<Predicate> predicates;
  for (const TSQueryPredicateStep* const end = step + count; step != end;) {
    const TSQueryPredicateStep* last = step;
    while (last != end && last->type != TSQueryPredicateStepTypeDone)
      ++last;
    FLEET_TRY(Predicate predicate, read_predicate(query, step, last, tried));
    predicates.push_back(std::move(predicate));
    step = last == end ? last : last + 1;
  }
  return predicates;
}

bool holds(const Predicate& predicate, const QueryMatch& match, std::string_view source) {
  std::optional<std::string_view> other;
  if (predicate.other) {
    for (const QueryCapture& each : match.captures) {
      if (each.name == *predicate.other) other = each.span.of(source);
    }
  }
  return std::all_of(match.captures.begin(), match.captures.end(), [&](const QueryCapture& each) {
    if (each.name != predicate.capture) return true;
    const std::string_view text = each.span.of(source);
    const bool found = predicate.test == Test::match ? predicate.expression->is_found_in(text)
                       : predicate.other             ? text == other
                                         : std::find(predicate.texts.begin(), predicate.texts.end(), text) !=
                                               predicate.texts.end();
    return found != predicate.negated;
  });
}

struct QueryAlarm {
  std::chrono::steady_clock::time_point deadline;
  const Bounds& bounds;

  [[nodiscard]] bool is_over() const {
    return bounds.is_stopped() || std::chrono::steady_clock::now() >= deadline;
  }
  static bool rings(TSQueryCursorState* state) {
    return static_cast<const QueryAlarm*>(state->payload)->is_over();
  }
};

}  // namespace

Result<Query> Query::compile(Language language, std::string_view text) {
  const std::string tried = fmt::format("read the query for {}", base::name_of(language));
  if (text.size() > kMaxLength)
    return base::fail_input(tried, "", fmt::format("it is longer than {} bytes", kMaxLength));
  std::uint32_t offset = 0;
  TSQueryError error = TSQueryErrorNone;
  auto compiled = std::make_shared<Compiled>();
  compiled->language = language;
  compiled->query.reset(ts_query_new(grammar_of(language).language(), text.data(),
                                     static_cast<std::uint32_t>(text.size()), &offset, &error));
  if (compiled->query == nullptr) {
    const Place place = place_at(text, offset);
    const std::string_view rest = text.substr(std::min<std::size_t>(offset, text.size()));
    return base::fail_input(
        tried, "",
        fmt::format("{} at line {}, column {}: `{}`", describe_query_error(error), place.line, place.column,
                    rest.substr(0, std::min<std::size_t>(rest.find('\n'), 40))),
        "the kinds of nodes are those of the tree-sitter grammar");
  }
  const TSQuery& query = *compiled->query;
  for (std::uint32_t i = 0; i < ts_query_capture_count(&query); ++i) {
    std::uint32_t length = 0;
    const char* name = ts_query_capture_name_for_id(&query, i, &length);
    compiled->names.emplace_back(name, length);
  }
  if (ts_query_pattern_count(&query) == 0) return base::fail_input(tried, "", "it is empty");
  for (std::uint32_t i = 0; i < ts_query_pattern_count(&query); ++i) {
    FLEET_TRY(std::vector<Predicate> predicates, read_predicates(query, i, tried));
    compiled->predicates.push_back(std::move(predicates));
    compiled->starts.push_back(ts_query_start_byte_for_pattern(&query, i));
  }
  return Query(std::move(compiled));
}

Language Query::language() const {
  return compiled_->language;
}
const std::vector<std::string>& Query::names() const {
  return compiled_->names;
}

const std::vector<std::uint32_t>& Query::pattern_starts() const {
  return compiled_->starts;
}

QueryMatches find_all(const Query& query, const Tree& tree, const Bounds& bounds) {
  const Query::Compiled& compiled = query.compiled();
  FLEET_ASSERT(tree.parsed() != nullptr && tree.language() == compiled.language,
               "a query is looked for in a tree of its own language that parse() kept");
  thread_local const std::unique_ptr<TSQueryCursor, DeleteQuery> cursor(ts_query_cursor_new());
  ts_query_cursor_set_match_limit(cursor.get(), kMostOpenMatches);
  QueryAlarm alarm{std::chrono::steady_clock::now() + bounds.time, bounds};
  const TSQueryCursorOptions options{&alarm, QueryAlarm::rings};
  ts_query_cursor_exec_with_options(cursor.get(), compiled.query.get(), ts_tree_root_node(tree.parsed()),
                                    &options);
  QueryMatches matches;
  TSQueryMatch found;
  // The cursor does not ask while it finds one match after another.
  constexpr std::uint32_t kLookEvery = 64;
  for (std::uint32_t count = 1; ts_query_cursor_next_match(cursor.get(), &found); ++count) {
    if (count % kLookEvery == 0 && alarm.is_over()) break;
    QueryMatch match{found.pattern_index, {}};
    for (std::uint16_t i = 0; i < found.capture_count; ++i) {
      const TSNode node = found.captures[i].node;
      match.captures.push_back({found.captures[i].index, {ts_node_start_byte(node), ts_node_end_byte(node)}});
    }
    const auto& predicates = compiled.predicates[found.pattern_index];
    if (std::all_of(predicates.begin(), predicates.end(),
                    [&](const Predicate& each) { return holds(each, match, tree.source()); }))
      matches.all.push_back(std::move(match));
    if (matches.all.size() >= kMostMatches) {
      matches.is_cut_off = true;
      break;
    }
  }
  if (ts_query_cursor_did_exceed_match_limit(cursor.get()) || alarm.is_over()) matches.is_cut_off = true;
  return matches;
}

}  // namespace fleet::syntax
