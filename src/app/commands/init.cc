#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "os/files.h"

namespace fleet::app {
namespace {

struct InitOptions {
  Where where;
  std::string path;  // relative to the folder we stand in; empty: the default one, in the work tree's root
};

// What a repository holds, and what is sensible to run in one. A task that only checks may change nothing, so
// that what it builds is never committed: it builds below $FLEET_TMP, and what it would leave fails it.
struct Kind {
  const char* file;
  const char* and_file;  // which must be there too; empty: none
  const char* setup;     // with what it keeps; empty: none
  const char* keep;
  const char* env;
  const char* writes;
  const char* check;  // lines
};
constexpr auto kKinds = std::to_array<Kind>({
    {"package.json", "package-lock.json", "npm ci", "node_modules", "", "", "npm test"},
    {"package.json", "", "npm install --no-package-lock", "node_modules", "", "", "npm test"},
    {"Cargo.toml", "Cargo.lock", "", "", "", "",
     "CARGO_TARGET_DIR=\"$FLEET_TMP/target\" cargo test --locked"},
    {"Cargo.toml", "", "", "", "", "Cargo.lock", "CARGO_TARGET_DIR=\"$FLEET_TMP/target\" cargo test"},
    {"go.mod", "", "", "", "", "", "go test ./..."},
    {"pyproject.toml", "", "", "", "PYTHONDONTWRITEBYTECODE: \"1\"", "", "python3 -m unittest"},
    {"CMakeLists.txt", "", "", "", "", "",
     "cmake -S . -B \"$FLEET_TMP/build\"\n"
     "cmake --build \"$FLEET_TMP/build\"\n"
     "ctest --test-dir \"$FLEET_TMP/build\" --output-on-failure"},
    {"Makefile", "", "", "", "", "",
     "cp -R . \"$FLEET_TMP/build\"\n"
     "make -C \"$FLEET_TMP/build\" test"},
});

std::string lines_of(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return fmt::format(" {}\n", text);
  std::string out = " |\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    out += fmt::format("      {}\n", line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return out;
}

std::string first_workflow(const Kind* kind) {
  std::string text =
      "# What each key means: docs/workflow.md of fleet. `fleet plan` shows what would run, `fleet run` runs "
      "it.\n"
      "version: 1\n"
      "name: first\n"
      "\n"
      "tasks:\n";
  if (kind == nullptr)
    return text + "  hello:\n    run: echo \"hello from task $FLEET_TASK\"\n    writes: []\n";
  const bool has_setup = *kind->setup != '\0';
  if (has_setup) {
    text += fmt::format("  setup:\n    run: {}\n    keep: [{}]\n    writes: []\n", kind->setup, kind->keep);
  }
  text +=
      fmt::format("  check:\n{}    run:{}", has_setup ? "    needs: [setup]\n" : "", lines_of(kind->check));
  if (*kind->env != '\0') text += fmt::format("    env: {{{}}}\n", kind->env);
  return text + fmt::format("    writes: [{}]\n", kind->writes);
}

Result<base::ExitCode> run_init(World& world, const InitOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  const std::optional<std::filesystem::path>& root = checkout.repository.work_folder();
  if (!root) {
    return base::fail_input("write a first workflow", checkout.repository.common_folder(),
                            "this is a bare repository, without files", "run it in a clone with a checkout");
  }
  const std::filesystem::path file =
      options.path.empty() ? workflow_file(checkout, kDefaultWorkflow) : std::filesystem::path(options.path);
  if (os::exists(file)) {
    return base::fail_input("write a first workflow", file, "there is one already",
                            "`fleet plan` shows what it would do");
  }
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) {
    return os::exists(*root / kind.file) && (*kind.and_file == '\0' || os::exists(*root / kind.and_file));
  });
  FLEET_CHECK(os::make_directories(std::filesystem::absolute(file).parent_path()));
  FLEET_CHECK(os::write_file_atomically(file, first_workflow(found == kKinds.end() ? nullptr : &*found)));
  world.out(fmt::format("{} is written; look at it, then `fleet plan` and `fleet run`\n", file.string()));
  return base::ExitCode::good;
}

}  // namespace

void add_init(CLI::App& app, Action& action) {
  auto options = std::make_shared<InitOptions>();
  app.add_option("workflow", options->path,
                 fmt::format("The file to write (default: {} in the repository's root)", kDefaultWorkflow))
      ->type_name("FILE");
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_init(world, *options); }; });
}

}  // namespace fleet::app
