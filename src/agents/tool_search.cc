#include <fmt/format.h>

#include <array>

#include "agents/tool_run.h"
#include "git/path.h"
#include "syntax/codemod.h"
#include "syntax/pattern.h"
#include "text/regex.h"
#include "text/utf8.h"

// Searches through the files that the task may read.
namespace fleet::agents {
namespace {

constexpr std::size_t kMostHits = 200;
constexpr std::size_t kMostOfLine = 300;                   // columns
constexpr std::size_t kMostOfFile = std::size_t{8} << 20;  // bytes; larger files are left out
constexpr std::size_t kMostOfPattern = 10'000;             // bytes

using Offsets = std::vector<std::size_t>;

// Where lines with a match begin to match; at most one a line.
class LineSearch {
 public:
  static Result<LineSearch> create(const std::string& pattern, bool is_regex) {
    LineSearch search;
    search.literal_ = pattern;
    if (is_regex) {
      FLEET_TRY(search.regex_, text::Regex::parse(pattern));
    }
    return search;
  }

  [[nodiscard]] Offsets find(std::string_view text, std::size_t most) const {
    Offsets found;
    std::size_t from = 0;
    while (found.size() < most && from <= text.size()) {
      std::size_t at = std::string_view::npos;
      if (!regex_) {
        at = text.find(literal_, from);
      } else {
        std::array<text::Regex::Span, 1> match;
        if (regex_->find(text, from, text::Regex::Start::anywhere, match)) at = match[0].begin;
      }
      if (at == std::string_view::npos) break;
      found.push_back(at);
      const std::size_t end = text.find('\n', at);
      if (end == std::string_view::npos) break;
      from = end + 1;
    }
    return found;
  }

 private:
  std::string literal_;
  std::optional<text::Regex> regex_;
};

std::string_view line_around(std::string_view text, std::size_t offset) {
  const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

Result<std::string> ToolRun::search(const ToolArguments& arguments) {
  FLEET_TRY(const std::string pattern, arguments.text("pattern"));
  FLEET_TRY(const std::string kind, arguments.text_or("kind", "literal"));
  FLEET_TRY(const std::string language_name, arguments.text_or("language", ""));
  FLEET_TRY(const std::string glob, arguments.text_or("glob", ""));
  if (pattern.empty()) return base::fail_input("search for", "`pattern`", "it is empty");
  if (pattern.size() > kMostOfPattern) return base::fail_input("search for", "`pattern`", "it is too long");
  if (kind != "literal" && kind != "regex" && kind != "structural")
    return base::fail_input("search", "by this `kind`", "it is not one of literal, regex, structural");
  std::optional<LineSearch> lines;
  std::optional<syntax::Pattern> structure;
  if (kind == "structural") {
    const auto language = syntax::find_language(language_name);
    if (!language) {
      return base::fail_input("search for", "a structure", "`language` is not one that is known",
                              "use one of: " + syntax::language_names());
    }
    FLEET_TRY(structure, syntax::Pattern::compile(*language, pattern));
  } else {
    FLEET_TRY(lines, LineSearch::create(pattern, kind == "regex"));
  }
  std::optional<text::GlobSet> wanted;
  if (!glob.empty()) {
    FLEET_TRY(wanted, text::GlobSet::parse({glob}));
  }
  FLEET_TRY(const std::vector<std::string> paths, box_.readable(editor_));
  syntax::Bounds bounds;
  bounds.stop = &stop_;
  std::string answer;
  std::size_t hits = 0;
  for (const std::string& path : paths) {
    if (hits == kMostHits || stop_.load(std::memory_order_relaxed)) break;
    if (wanted ? !wanted->matches(path) : structure && !syntax::covers(structure->language(), path)) continue;
    FLEET_TRY(const std::uint64_t size, editor_.size(path));
    if (size > kMostOfFile) continue;
    FLEET_TRY(const std::string text, editor_.read(path));
    if (!syntax::is_text(text)) continue;
    Offsets found;
    if (lines) {
      found = lines->find(text, kMostHits - hits);
    } else if (structure->may_match(text)) {
      const auto tree = syntax::parse(structure->language(), text, bounds);
      if (!tree) continue;  // past its bounds
      const auto matches = syntax::find_all(*structure, *tree, bounds);
      if (!matches) continue;
      for (const syntax::Match& match : *matches) {
        if (found.size() < kMostHits - hits) found.push_back(match.span.start);
      }
    }
    for (const std::size_t offset : found) {
      const std::size_t line =
          1 + static_cast<std::size_t>(
                  std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
      answer += fmt::format("{}:{}: {}\n", git::quote_path(path), line,
                            text::truncate(text::to_valid_utf8(line_around(text, offset)), kMostOfLine));
      ++hits;
    }
  }
  if (hits == 0) return std::string("Found nothing.");
  if (hits == kMostHits) answer += fmt::format("(the first {}; there may be more)\n", kMostHits);
  return answer;
}

}  // namespace fleet::agents
