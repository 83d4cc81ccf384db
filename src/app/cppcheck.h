#pragma once

#include <functional>
#include <optional>
#include <string>

#include "analysis/analyze_files.h"
#include "analysis/cppcheck_settings.h"
#include "app/checkout.h"
#include "app/world.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "os/sandbox.h"

// cppcheck on the C and C++ sources among files of a checkout or of a commit. Where it is missing, or fails
// for a file, that is remarked: its silence is then no praise. Blocks.
namespace fleet::app {

struct CppcheckUse {
  std::string path_variable;  // where the program is looked for
  std::string cache;          // a folder
  // As whom it runs, where fleet is root and the clone another user's: what it reads is anybody's.
  std::optional<os::UserId> user;
};
[[nodiscard]] CppcheckUse cppcheck_use(const World& world, const Checkout& checkout);

[[nodiscard]] bool has_cpp(const analysis::Files& files);

// Those that stand in a tree; how files are compiled is read from the checkout's folder, where there is one.
[[nodiscard]] Result<analysis::CppcheckSettings> cppcheck_settings_in(const git::ObjectStore& store,
                                                                      ObjectId tree, const std::string& root);
// Settings that cannot be read are none, which is remarked.
[[nodiscard]] analysis::CppcheckSettings cppcheck_settings(Result<analysis::CppcheckSettings> read,
                                                           analysis::Reported& into);

// `root`: the folder that the files lie in; `base`: those before a change.
[[nodiscard]] Result<analysis::Reported> cppcheck_in_folder(const CppcheckUse& use, const std::string& root,
                                                            const analysis::Files& files,
                                                            const analysis::Files& base,
                                                            const analysis::CppcheckSettings& settings);

using ReadFile = std::function<Result<std::string>(const std::string& path)>;
// Of a tree: the files and what they include, found by name, are put into a folder for as long as it takes.
// `untracked` reads what the tree has not; null: nobody does.
[[nodiscard]] Result<analysis::Reported> cppcheck_in_tree(
    const CppcheckUse& use, const git::ObjectStore& store, ObjectId tree, const analysis::Files& files,
    const analysis::Files& base, const analysis::CppcheckSettings& settings, ReadFile untracked);

}  // namespace fleet::app
