#include "agents/codemod_agent.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace fleet::agents {
namespace {

std::string count(std::size_t number, std::string_view one, std::string_view more) {
  return fmt::format("{} {}", number, number == 1 ? one : more);
}

}  // namespace

Result<std::unique_ptr<Agent>> CodemodAgent::create(const model::Codemod& codemod, const Render& render) {
  syntax::CodemodRequest request{codemod.language, {}, {}, codemod.regex};
  FLEET_TRY(request.find, render(codemod.find));
  FLEET_TRY(request.replace, render(codemod.replace));
  FLEET_TRY(syntax::Codemod compiled, syntax::Codemod::compile(request));
  std::optional<text::GlobSet> paths;
  if (!codemod.paths.empty()) {
    FLEET_TRY(paths, text::GlobSet::parse(codemod.paths));
  }
  return std::make_unique<CodemodAgent>(std::move(compiled), std::move(paths));
}

Result<std::string> rewrite_tree(const syntax::Codemod& codemod, const std::optional<text::GlobSet>& paths,
                                 git::TreeEditor& editor) {
  const auto wanted = [&](std::string_view path) {
    return paths ? paths->matches(path) : codemod.covers(path);
  };
  FLEET_TRY(const std::vector<git::Listed> files, editor.list({}, wanted));
  std::size_t places = 0;
  std::size_t changed = 0;
  for (const git::Listed& file : files) {
    if (file.entry.mode != model::FileMode::regular && file.entry.mode != model::FileMode::executable)
      continue;
    FLEET_TRY(const std::string source, editor.read(file.path));
    FLEET_TRY(const syntax::Rewritten rewritten, codemod.apply(file.path, source));
    if (rewritten.places.empty() || rewritten.text == source) continue;
    FLEET_CHECK(editor.write(file.path, rewritten.text));
    places += rewritten.places.size();
    ++changed;
  }
  if (places == 0)
    return fmt::format("found no place in the {} looked at", count(files.size(), "file", "files"));
  return fmt::format("replaced {} in {}, of {} looked at", count(places, "place", "places"),
                     count(changed, "file", "files"), files.size());
}

Want CodemodAgent::next(const Event& event) {
  if (std::holds_alternative<Begin>(event)) {
    return EditTree{[codemod = codemod_, paths = paths_](git::TreeEditor& editor) {
      return rewrite_tree(codemod, paths, editor);
    }};
  }
  const auto* edited = std::get_if<TreeEdited>(&event);
  FLEET_ASSERT(edited != nullptr, "a codemod asked for nothing but the tree");
  Finish finish;
  if (edited->summary) {
    finish.summary = *edited->summary;
  } else {
    finish.verdict = model::Verdict::failed;
    finish.reason = edited->summary.error().message();
    finish.feedback = finish.reason;
  }
  return finish;
}

}  // namespace fleet::agents
