#include <string>

#include "fuzz/fuzz.h"
#include "syntax/codemod.h"
#include "syntax/pattern.h"
#include "syntax/rewrite.h"

// A codemod: language, pattern, replacement and source, with a line `--` between them. It is refused with a
// reason, or gives what parses as well as the source did, the same each time, and finds no match in a source
// that it would not have looked at.
namespace fleet::fuzz {
namespace {

using syntax::Bounds;
using syntax::Language;

Bounds small_bounds() {
  Bounds bounds;
  bounds.max_bytes = 64 << 10;
  bounds.time = std::chrono::seconds(5);
  bounds.match_steps = 1'000'000;
  return bounds;
}

void check_match(const syntax::Match& match, const syntax::Pattern& pattern, const syntax::Tree& tree) {
  const auto within = [&](syntax::Span span) {
    return span.start <= span.end && span.end <= tree.source().size();
  };
  require(match.node < tree.nodes().size() && within(match.span), "a match lies in the source");
  require(match.captures.size() == pattern.names().size(), "a match has a capture for each name");
  for (const syntax::Capture& capture : match.captures) {
    require(within(capture.span) && (capture.is_empty() || (match.span.start <= capture.span.start &&
                                                            capture.span.end <= match.span.end)),
            "a capture lies in its match", match.span.of(tree.source()));
  }
}

// Of its own words only: nothing is to be changed by it. Where the parser had to assume a word, a match
// writes it.
void check_identity(const syntax::Pattern& pattern, const syntax::Tree& tree, const Bounds& bounds) {
  for (const char* comment : {"//", "/*", "#"}) {
    if (pattern.text().find(comment) != std::string::npos) return;
  }
  if (tree.errors() > 0) return;
  const auto same = syntax::Replacement::compile(pattern, pattern.text());
  if (!same) return;
  const auto result = syntax::rewrite(pattern, *same, "file", tree, bounds);
  if (result) require(result->text == tree.source(), "rewritten to itself it stays", result->text);
}

void check_structure(Language language, std::string_view find, std::string_view replace,
                     std::string_view source) {
  const Bounds bounds = small_bounds();
  const auto pattern = syntax::Pattern::compile(language, find);
  if (!pattern) {
    require(pattern.error().fault == base::Fault::input && !pattern.error().why.empty(),
            "a pattern is refused with a reason");
    return;
  }
  const auto tree = syntax::parse(language, source, bounds);
  if (!tree) return;
  const auto matches = syntax::find_all(*pattern, *tree, bounds);
  if (!matches) return;
  for (const syntax::Match& match : *matches)
    check_match(match, *pattern, *tree);
  require(matches->empty() || pattern->may_match(source), "what may not match does not", source);
  check_identity(*pattern, *tree, bounds);

  const auto replacement = syntax::Replacement::compile(*pattern, replace);
  if (!replacement) return;
  const auto result = syntax::rewrite(*pattern, *replacement, "file", *tree, bounds);
  if (!result) return;
  require(!matches->empty() || result->text == source, "without a match nothing changes", result->text);
  require(result->places.size() <= matches->size(), "no more is rewritten than was found");
  const auto after = syntax::parse(language, result->text, bounds);
  require(after.has_value(), "a result can be parsed", result->text);
  require(tree->errors() > 0 || after->errors() == 0, "a result has no error where the source had none",
          result->text);
}

void check_codemod(const syntax::CodemodRequest& request, std::string_view path, std::string_view source) {
  const auto codemod = syntax::Codemod::compile(request);
  if (!codemod) return;
  const auto once = codemod->apply(path, source, small_bounds());
  const auto again = codemod->apply(path, source, small_bounds());
  if (!once || !again) return;  // the clock may stop a parse
  require(once->text == again->text && once->places == again->places, "it does the same again", once->text);
  require(!once->places.empty() || once->text == source, "without a place nothing changes", once->text);
  require(once->same <= once->places.size(), "no more is the same than there is");
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n--\n", 4);
  const std::string name(parts[0]);
  // The first line may also be `regex` and the name of a file.
  const bool regex = name.starts_with("regex ");
  const std::string path = regex ? name.substr(6) : "file";
  fuzz::check_codemod({name, std::string(parts[1]), std::string(parts[2]), regex}, path, parts[3]);
  if (const auto language = syntax::find_language(name))
    fuzz::check_structure(*language, parts[1], parts[2], parts[3]);
  return 0;
}
