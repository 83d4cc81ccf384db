#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "git/integration.h"
#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {

// Results that are made of nothing but their files.
class IntegrationTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();

  ObjectId commit(ObjectId tree, std::vector<ObjectId> parents) {
    return must(
        store_.write_commit({tree, std::move(parents), "x", TimePoint(std::chrono::seconds(1'700'000'000))}));
  }
  ObjectId commit_files(const std::map<std::string, std::string>& files, ObjectId parent = {}) {
    std::vector<model::Change> changes;
    for (const auto& [path, bytes] : files)
      changes.push_back({path, {}, {must(store_.write_blob(bytes)), model::FileMode::regular}});
    return commit(must(update(store_, {}, changes)),
                  parent.is_none() ? std::vector<ObjectId>{} : std::vector{parent});
  }
  TaskResult result(std::uint32_t task, ObjectId base, const std::map<std::string, std::string>& files,
                    std::vector<TaskIndex> from = {}) {
    return {TaskIndex{task}, base, commit_files(files, base), fmt::format("task {}\n", task),
            std::make_shared<const std::vector<TaskIndex>>(std::move(from))};
  }
  std::map<std::string, std::string> files_of(ObjectId commit_id) {
    std::map<std::string, std::string> out;
    for (const Listed& file : must(list(store_, must(store_.tree_of(commit_id)))))
      out[file.path] = must(store_.read_blob(file.entry.id));
    return out;
  }
};

inline std::vector<TaskIndex> tasks(std::initializer_list<std::uint32_t> values) {
  std::vector<TaskIndex> out;
  for (const std::uint32_t value : values)
    out.push_back({value});
  return out;
}

}  // namespace fleet::git
