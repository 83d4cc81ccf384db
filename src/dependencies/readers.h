#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dependencies/dependency.h"
#include "dependencies/value.h"

// One function for each kind of lock file or manifest. `path` is the file's, from the root. What cannot be
// read at all is a Diagnostic; what could not be understood within it are remarks. Nothing is thrown, and
// time and memory are linear in the bytes. The forms are those of the tools' own documentation, named at
// each.
namespace fleet::dependencies {

using ReadLockFile = tl::expected<LockFile, model::Diagnostic>;
// Another file of the same tree, by its path from the root; nothing where it is not there or cannot be read.
using ReadBeside = std::function<std::optional<std::string>(const std::string& path)>;

// package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3
// (https://docs.npmjs.com/cli/v10/configuring-npm/package-lock-json).
[[nodiscard]] ReadLockFile read_package_lock(std::string_view bytes, const std::string& path);
// yarn.lock of Yarn 1 (https://classic.yarnpkg.com/lang/en/docs/yarn-lock/) and of Yarn 2 and later, which is
// YAML (https://yarnpkg.com/configuration/yarnrc describes what stands in it).
[[nodiscard]] ReadLockFile read_yarn_lock(std::string_view bytes, const std::string& path);
// pnpm-lock.yaml, lockfileVersion 5 to 9 (https://github.com/pnpm/spec/tree/master/lockfile).
[[nodiscard]] ReadLockFile read_pnpm_lock(std::string_view bytes, const std::string& path);

// requirements.txt (https://pip.pypa.io/en/stable/reference/requirements-file-format/), with the files that
// it includes; constraints give a version to what has none.
[[nodiscard]] ReadLockFile read_requirements(std::string_view bytes, const std::string& path,
                                             const ReadBeside& read);
// poetry.lock (https://python-poetry.org/docs/), uv.lock
// (https://docs.astral.sh/uv/concepts/projects/layout/), pdm.lock
// (https://pdm-project.org/en/latest/usage/lockfile/): TOML, a `[[package]]` each.
[[nodiscard]] ReadLockFile read_poetry_lock(std::string_view bytes, const std::string& path);
[[nodiscard]] ReadLockFile read_uv_lock(std::string_view bytes, const std::string& path);
[[nodiscard]] ReadLockFile read_pdm_lock(std::string_view bytes, const std::string& path);
// Pipfile.lock (https://github.com/pypa/pipfile).
[[nodiscard]] ReadLockFile read_pipfile_lock(std::string_view bytes, const std::string& path);

// Cargo.lock, versions 1 to 4 (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html).
[[nodiscard]] ReadLockFile read_cargo_lock(std::string_view bytes, const std::string& path);

// go.mod (https://go.dev/ref/mod#go-mod-file). `go_sum` is the text of the go.sum beside it, if there is one:
// it lists more than is built, so that only what is missing in it is told.
[[nodiscard]] ReadLockFile read_go_mod(std::string_view bytes, const std::string& path,
                                       const std::optional<std::string>& go_sum);

// pom.xml (https://maven.apache.org/pom.html): what it names itself, with properties and managed versions of
// its own and of the parents that lie in the tree.
[[nodiscard]] ReadLockFile read_pom(std::string_view bytes, const std::string& path, const ReadBeside& read);
// gradle.lockfile (https://docs.gradle.org/current/userguide/dependency_locking.html).
[[nodiscard]] ReadLockFile read_gradle_lock(std::string_view bytes, const std::string& path);

}  // namespace fleet::dependencies
