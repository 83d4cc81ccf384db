#include "app/analysis_files.h"

#include "git/path.h"
#include "git/tree.h"

namespace fleet::app {

analysis::Files files_in(const git::ObjectStore& store, ObjectId tree, std::vector<std::string> paths) {
  return {std::move(paths), [&store, tree](const std::string& path) -> Result<std::string> {
            FLEET_TRY(const auto entry, git::entry_at(store, tree, path));
            FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
            if (size > kMostAnalysedBytes)
              return base::fail_input("read", git::quote_path(path), "it is too large");
            return store.read_blob(entry.id);
          }};
}

}  // namespace fleet::app
