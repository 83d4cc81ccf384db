#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "model/json.h"
#include "store/layout.h"
#include "store/reader.h"
#include "store/writer.h"

namespace fleet::store {

// Shows the Error where an expectation of success fails.
#define ASSERT_GOOD(expression)                                    \
  do {                                                             \
    const auto& result_ = (expression);                            \
    ASSERT_TRUE(result_.has_value()) << result_.error().message(); \
  } while (false)

#define EXPECT_GOOD(expression)                                    \
  do {                                                             \
    const auto& result_ = (expression);                            \
    EXPECT_TRUE(result_.has_value()) << result_.error().message(); \
  } while (false)

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "fleet-store-XXXXXX";
    if (!::mkdtemp(name.data())) std::abort();
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline void write_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

// Runs `body` in a child process; its answer is the child's exit code.
inline int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// Whether this process may mount file systems in a namespace of its own: not in a stock container.
inline bool can_mount() {
  return in_child([] { return ::unshare(CLONE_NEWNS) == 0 ? 0 : 1; }) == 0;
}
inline bool mount_privately(const std::filesystem::path& at, const char* type, unsigned long flags,
                            const char* options) {
  return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount(type ? "tmpfs" : at.c_str(), at.c_str(), type, flags, options) == 0;
}

inline TimePoint at(std::int64_t microseconds) {
  return TimePoint(std::chrono::seconds(1'795'163'460) + Duration(microseconds));
}

inline ObjectId object(char digit) {
  return *ObjectId::parse(std::string(40, digit));
}

// A run of the tasks `a`, `b`, ... that was just started.
inline Batch new_run(const std::string& run, std::uint32_t tasks = 2) {
  model::Plan plan;
  plan.workflow_name = "showroom";
  plan.workflow_path = ".fleet/workflow.yml";
  plan.settings.parallel.value = 1;
  Batch batch;
  batch.run = run;
  batch.start.emplace();
  batch.start->row = {
      run,   "showroom", ".fleet/workflow.yml", object('a'), model::RunState::running, "0.1", {}, "a token",
      at(0), at(0)};
  batch.start->row.owner = model::ProcessIdentity{4321, 99};
  for (std::uint32_t i = 0; i < tasks; ++i) {
    plan.tasks.emplace_back().id = std::string(1, static_cast<char>('a' + i));
    batch.start->tasks.push_back(
        {{i}, plan.tasks.back().id, "Task", model::TaskState::waiting, "", "", at(0), at(0)});
  }
  plan.graph = model::Graph(std::vector<std::vector<TaskIndex>>(tasks));
  batch.start->frozen = {"version: 1\n", model::dump_json(model::to_json(plan)), "{}"};
  return batch;
}

inline Batch journal_batch(const std::string& run, std::uint64_t sequence, std::string payload = "{}") {
  Batch batch;
  batch.run = run;
  batch.journal.push_back({sequence, at(static_cast<std::int64_t>(sequence)), std::move(payload)});
  return batch;
}

inline std::vector<JournalEntry> journal_of(Reader& reader, const std::string& run) {
  std::vector<JournalEntry> entries;
  const auto read = reader.journal(run, 1, [&](JournalEntry entry) {
    entries.push_back(std::move(entry));
    return Result<>();
  });
  EXPECT_TRUE(read) << read.error().message();
  return entries;
}

}  // namespace fleet::store
