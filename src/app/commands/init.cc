#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "os/files.h"

namespace fleet::app {
namespace {

struct Options {
  Where where;
  std::string path = kDefaultWorkflow;
};

// What a repository holds, and what is sensible to run in one.
struct Kind {
  const char* file;
  const char* setup;  // with what it keeps; empty: none
  const char* keep;
  const char* check;
};
constexpr auto kKinds = std::to_array<Kind>({
    {"package.json", "npm ci", "node_modules", "npm test"},
    {"Cargo.toml", "", "", "cargo test"},
    {"go.mod", "", "", "go test ./..."},
    {"pyproject.toml", "", "", "python3 -m unittest"},
    {"CMakeLists.txt", "", "", "cmake -B build && cmake --build build && ctest --test-dir build"},
    {"Makefile", "", "", "make test"},
});

std::string first_workflow(const Kind* kind) {
  std::string text =
      "# What each key means: docs/workflow.md of fleet. `fleet plan` shows what would run, `fleet run` runs "
      "it.\n"
      "version: 1\n"
      "name: first\n"
      "\n"
      "tasks:\n";
  if (kind == nullptr) return text + "  hello:\n    run: echo \"hello from task $FLEET_TASK\"\n";
  const bool has_setup = *kind->setup != '\0';
  if (has_setup) text += fmt::format("  setup:\n    run: {}\n    keep: [{}]\n", kind->setup, kind->keep);
  text += fmt::format("  check:\n{}    run: {}\n", has_setup ? "    needs: [setup]\n" : "", kind->check);
  return text;
}

Result<base::ExitCode> run_init(World& world, const Options& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  const std::filesystem::path folder = options.where.directory;
  const std::string file = folder / options.path;
  if (os::exists(file)) {
    return base::fail_input("write a first workflow", options.path, "there is one already",
                            "`fleet plan` shows what it would do");
  }
  const Kind* found = nullptr;
  for (const Kind& kind : kKinds) {
    if (found == nullptr && os::exists(folder / kind.file)) found = &kind;
  }
  FLEET_CHECK(os::make_directories(std::filesystem::path(file).parent_path()));
  FLEET_CHECK(os::write_file_atomically(file, first_workflow(found)));
  world.out(fmt::format("{} is written; look at it, then `fleet plan` and `fleet run`\n", options.path));
  return base::ExitCode::good;
}

}  // namespace

void add_init(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  app.add_option("workflow", options->path, "The file to write")->capture_default_str();
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_init(world, *options); }; });
}

}  // namespace fleet::app
