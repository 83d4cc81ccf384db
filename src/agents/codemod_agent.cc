#include "agents/codemod_agent.h"

#include <fmt/format.h>

#include "base/assert.h"

namespace fleet::agents {
namespace {

std::string count(std::size_t number, std::string_view one, std::string_view more) {
  return fmt::format("{} {}", number, number == 1 ? one : more);
}

// What was found in the files that were searched, for people.
struct Tally {
  std::size_t searched = 0;
  std::size_t found_in = 0;
  std::size_t changed = 0;
  std::size_t places = 0;
  std::size_t same = 0;  // of the places: what already read as its replacement
  std::size_t binary = 0;

  [[nodiscard]] std::string text() const {
    return binary == 0
               ? of_text()
               : fmt::format("{}; {} skipped as binary", of_text(), count(binary, "file was", "files were"));
  }
  [[nodiscard]] std::string of_text() const {
    if (searched == 0) return "there was no file to search";
    const std::string files = count(searched, "file", "files");
    if (places == 0) return fmt::format("found no place in {}", files);
    const std::string found = count(places, "place", "places");
    if (changed == 0)
      return fmt::format("all that was found, {} in {} of {}, already reads so", found, found_in, files);
    const std::string replaced =
        fmt::format("replaced {} in {} of {}", count(places - same, "place", "places"), changed, files);
    return same == 0 ? replaced : fmt::format("{}; {} already read so", replaced, same);
  }
};

}  // namespace

Result<std::unique_ptr<Agent>> CodemodAgent::create(const model::Codemod& codemod,
                                                    const std::vector<model::Text>& reads) {
  FLEET_TRY(syntax::Codemod compiled,
            syntax::Codemod::compile({codemod.language, codemod.find, codemod.replace, codemod.regex}));
  std::optional<text::GlobSet> paths;
  if (!codemod.paths.empty()) {
    FLEET_TRY(paths, text::GlobSet::parse(codemod.paths));
  }
  std::optional<text::GlobSet> readable;
  if (!reads.empty()) {
    std::vector<std::string> globs;
    globs.reserve(reads.size());
    for (const model::Text& glob : reads)
      globs.push_back(glob.value);
    FLEET_TRY(readable, text::GlobSet::parse(globs));
  }
  return std::make_unique<CodemodAgent>(
      CodemodTask{std::move(compiled), std::move(paths), std::move(readable)});
}

Result<std::string> rewrite_tree(const CodemodTask& task, git::TreeEditor& editor,
                                 const std::atomic<bool>& stop) {
  const syntax::Codemod& codemod = task.codemod;
  const auto wanted = [&](std::string_view path) {
    if (task.reads && !task.reads->matches(path)) return false;
    // The workflow file speaks of what is to be found: only who names it means it.
    return task.paths ? task.paths->matches(path) : codemod.covers(path) && !path.starts_with(".fleet/");
  };
  FLEET_TRY(const std::vector<git::Listed> files, editor.list({}, wanted));
  syntax::Bounds bounds;
  bounds.stop = &stop;
  Tally tally;
  for (const git::Listed& file : files) {
    if (!file.entry.is_file()) continue;
    if (bounds.is_stopped()) return base::fail_world("rewrite", file.path, syntax::kStopped);
    FLEET_TRY(const std::string source, editor.read(file.path));
    if (!syntax::is_text(source)) {
      ++tally.binary;
      continue;
    }
    ++tally.searched;
    FLEET_TRY(const syntax::Rewritten rewritten, codemod.apply(file.path, source, bounds));
    tally.places += rewritten.places.size();
    tally.same += rewritten.same;
    tally.found_in += !rewritten.places.empty();
    if (rewritten.text == source) continue;
    FLEET_CHECK(editor.write(file.path, rewritten.text));
    ++tally.changed;
  }
  return tally.text();
}

Want CodemodAgent::next(const Event& event) {
  if (std::holds_alternative<Begin>(event)) {
    return EditTree{[task = task_](git::TreeEditor& editor, const std::atomic<bool>& stop) {
      return rewrite_tree(task, editor, stop);
    }};
  }
  const auto* edited = std::get_if<TreeEdited>(&event);
  FLEET_ASSERT(edited != nullptr, "a codemod asked for nothing but the tree");
  Finish finish;
  if (edited->summary) {
    finish.summary = *edited->summary;
  } else {
    finish.verdict = model::Verdict::failed;
    finish.reason = edited->summary.error().line();
    finish.feedback = finish.reason;
  }
  return finish;
}

}  // namespace fleet::agents
