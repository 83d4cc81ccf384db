#include "syntax/codemod.h"

#include <fmt/format.h>

#include <optional>
#include <variant>

#include "syntax/layout.h"
#include "syntax/still_parses.h"
#include "text/regex.h"

namespace fleet::syntax {
namespace {

// Where a match ends and what stands in its place, replace_all() does not say: it is told to write both,
// between NUL bytes, which no text here has.
struct PlainText {
  text::Regex find;
  std::string marked;
};
constexpr std::string_view kMark("\0", 1);

struct Structure {
  Pattern find;
  Replacement replace;
};

constexpr std::string_view kLeaveOut = "leave the file out with `paths`";

Error with_path(Error error, std::string_view path) {
  if (error.on.empty()) error.on = path;
  if (error.hint.empty() && error.fault == base::Fault::input) error.hint = std::string(kLeaveOut);
  return error;
}

template <class T>
Result<T> on(std::string_view path, Result<T> result) {
  return std::move(result).map_error([&](Error error) { return with_path(std::move(error), path); });
}

Rewritten unchanged(std::string_view source) {
  return {std::string(source), {}, 0};
}

Result<Rewritten> apply_to(const Structure& codemod, std::string_view path, std::string_view source,
                           const Bounds& bounds) {
  if (!is_text(source) || !codemod.find.may_match(source)) return unchanged(source);
  FLEET_TRY(const Tree tree, on(path, parse(codemod.find.language(), source, bounds)));
  return on(path, rewrite(codemod.find, codemod.replace, path, tree, bounds));
}

// Takes what replace_all() marked apart.
Rewritten read_marked(const text::Regex::Replaced& replaced, std::string_view source,
                      std::vector<Edit>& edits) {
  Rewritten result;
  PlaceCounter counter(source);
  std::string_view rest = replaced.text;
  const auto to_mark = [&] {
    const std::string_view part = rest.substr(0, rest.find(kMark));
    rest.remove_prefix(part.size() + 1);
    return part;
  };
  for (const std::size_t offset : replaced.offsets) {
    result.text += to_mark();
    const std::string_view found = to_mark();
    const std::string_view written = to_mark();
    const auto from = static_cast<std::uint32_t>(offset);
    const auto to = static_cast<std::uint32_t>(result.text.size());
    edits.push_back({{from, from + static_cast<std::uint32_t>(found.size())},
                     {to, to + static_cast<std::uint32_t>(written.size())}});
    result.text += written;
    result.places.push_back(counter.at(offset));
    result.same += found == written;
  }
  result.text += rest;
  return result;
}

Result<Rewritten> apply_to(const PlainText& codemod, std::string_view path, std::string_view source,
                           const Bounds& bounds) {
  if (!is_text(source) || !codemod.find.is_found_in(source)) return unchanged(source);
  const auto too_long = [&](std::string_view what, std::size_t bytes) {
    return base::fail_input(
        "rewrite", std::string(path),
        fmt::format("{} {} bytes, more than the {} that are taken", what, bytes, bounds.max_bytes),
        std::string(kLeaveOut));
  };
  if (source.size() > bounds.max_bytes) return too_long("it has", source.size());
  FLEET_TRY(const text::Regex::Replaced replaced, on(path, codemod.find.replace_all(source, codemod.marked)));
  std::vector<Edit> edits;
  Rewritten result = read_marked(replaced, source, edits);
  if (result.text.size() > bounds.max_bytes) return too_long("the result has", result.text.size());
  const auto language = language_of(path, source);
  if (language && result.text != source) {
    FLEET_TRY(const Tree before, on(path, parse(*language, source, bounds)));
    FLEET_TRY(const Tree after, on(path, parse(*language, result.text, bounds)));
    FLEET_CHECK(check_still_parses(path, before, after, edits));
  }
  return result;
}

}  // namespace

bool is_text(std::string_view source) {
  return source.find('\0') == std::string_view::npos;
}

struct Codemod::Compiled {
  std::variant<PlainText, Structure> what;
};

Result<Codemod> Codemod::compile(const CodemodRequest& request) {
  if (request.regex) {
    FLEET_TRY(text::Regex find, text::Regex::parse(request.find));
    FLEET_CHECK(find.check_replacement(request.replace));
    if (!is_text(request.replace)) {
      return base::fail_input("read the replacement", "", "it holds a NUL byte");
    }
    std::string marked = fmt::format("{0}$0{0}{1}{0}", kMark, request.replace);
    return Codemod(std::make_shared<const Compiled>(Compiled{PlainText{std::move(find), std::move(marked)}}));
  }
  const auto language = find_language(request.language);
  if (!language) {
    return base::fail_input(
        "read the codemod", "", fmt::format("there is no language `{}`", request.language),
        fmt::format("the languages are {}; `regex: true` takes any text", language_names()));
  }
  FLEET_TRY(Pattern find, Pattern::compile(*language, request.find));
  FLEET_TRY(Replacement replace, Replacement::compile(find, request.replace));
  return Codemod(std::make_shared<const Compiled>(Compiled{Structure{std::move(find), std::move(replace)}}));
}

bool Codemod::covers(std::string_view path) const {
  const auto* structure = std::get_if<Structure>(&compiled_->what);
  return structure == nullptr || syntax::covers(structure->find.language(), path);
}

Result<Rewritten> Codemod::apply(std::string_view path, std::string_view source, const Bounds& bounds) const {
  return std::visit([&](const auto& what) { return apply_to(what, path, source, bounds); }, compiled_->what);
}

}  // namespace fleet::syntax
