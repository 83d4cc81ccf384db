#pragma once

#include <string>
#include <vector>

#include "analysis/analyze_files.h"
#include "analysis/cppcheck_settings.h"
#include "app/world.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "store/layout.h"

// cppcheck on the C and C++ sources among files of a checkout or of a commit. Where it is missing, or fails
// for a file, that is remarked: its silence is then no praise. Blocks.
namespace fleet::app {

struct CppcheckUse {
  std::string path_variable;  // where the program is looked for
  std::string cache;          // a folder
};
[[nodiscard]] CppcheckUse cppcheck_use(const World& world, const store::Layout& layout);

// Those that stand in a tree.
[[nodiscard]] Result<analysis::CppcheckSettings> cppcheck_settings_in(const git::ObjectStore& store,
                                                                      ObjectId tree);

// `root`: the folder that the files lie in.
[[nodiscard]] Result<analysis::Reported> cppcheck_in_folder(const CppcheckUse& use, const std::string& root,
                                                            const analysis::Files& files,
                                                            const analysis::CppcheckSettings& settings);

// Of a tree: the files and what they include, found by name, are put into a folder for as long as it takes.
[[nodiscard]] Result<analysis::Reported> cppcheck_in_tree(const CppcheckUse& use,
                                                          const git::ObjectStore& store, ObjectId tree,
                                                          const std::vector<std::string>& paths,
                                                          const analysis::CppcheckSettings& settings);

}  // namespace fleet::app
