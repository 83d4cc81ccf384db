#include "syntax/codemod.h"

#include <fmt/format.h>

#include <optional>
#include <variant>

#include "syntax/layout.h"
#include "text/regex.h"

namespace fleet::syntax {
namespace {

struct PlainText {
  text::Regex find;
  std::string replace;
};

struct Structure {
  Pattern find;
  Replacement replace;
};

Error with_path(Error error, std::string_view path) {
  if (error.on.empty()) error.on = path;
  return error;
}

template <class T>
Result<T> on(std::string_view path, Result<T> result) {
  return std::move(result).map_error([&](Error error) { return with_path(std::move(error), path); });
}

bool is_text(std::string_view source) {
  return source.find('\0') == std::string_view::npos;
}

Rewritten unchanged(std::string_view source) {
  return {std::string(source), {}};
}

Result<Rewritten> apply_to(const Structure& codemod, std::string_view path, std::string_view source,
                           const Bounds& bounds) {
  if (!is_text(source) || !codemod.find.may_match(source)) return unchanged(source);
  FLEET_TRY(const Tree tree, on(path, parse(codemod.find.language(), source, bounds)));
  return on(path, rewrite(codemod.find, codemod.replace, path, tree, bounds));
}

Result<Rewritten> apply_to(const PlainText& codemod, std::string_view path, std::string_view source,
                           const Bounds& bounds) {
  if (!is_text(source)) return unchanged(source);
  if (source.size() > bounds.max_bytes) {
    return base::fail_input(
        "rewrite", std::string(path),
        fmt::format("{} bytes, more than the {} that are taken", source.size(), bounds.max_bytes));
  }
  FLEET_TRY(text::Regex::Replaced replaced, on(path, codemod.find.replace_all(source, codemod.replace)));
  Rewritten result{std::move(replaced.text), {}};
  PlaceCounter counter(source);
  for (const std::size_t offset : replaced.offsets)
    result.places.push_back(counter.at(offset));
  const auto language = language_of(path, source);
  if (language && result.text != source) {
    FLEET_TRY(const Tree before, on(path, parse(*language, source, bounds)));
    FLEET_TRY(const Tree after, on(path, parse(*language, result.text, bounds)));
    FLEET_CHECK(check_still_parses(path, before, after));
  }
  return result;
}

}  // namespace

struct Codemod::Compiled {
  std::variant<PlainText, Structure> what;
};

Result<Codemod> Codemod::compile(const CodemodRequest& request) {
  if (request.regex) {
    FLEET_TRY(text::Regex find, text::Regex::parse(request.find));
    FLEET_CHECK(find.check_replacement(request.replace));
    return Codemod(std::make_shared<const Compiled>(Compiled{PlainText{std::move(find), request.replace}}));
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
