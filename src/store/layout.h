#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace fleet::store {

// What to do where the state cannot be.
inline constexpr const char* kElsewhere = "`--state DIR` keeps the state in another place";

// Where the state of a repository's runs lies. Everything inside is named relative to its root, so that the
// whole can be moved:
//
//   <root>/state.db                   all runs, as SQLite; see schema.sql
//   <root>/runs/<run>/lock            held by the process that drives the run
//   <root>/runs/<run>/log/...         what its programs wrote
//   <root>/runs/<run>/report/...      the reports
//   <root>/runs/<run>/kept/...        what `keep` hands on from task to task
//
// A value; it touches no file.
class Layout {
 public:
  explicit Layout(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path database() const { return root_ / "state.db"; }
  [[nodiscard]] std::filesystem::path run(std::string_view run) const;
  [[nodiscard]] std::filesystem::path lock(std::string_view run) const;
  [[nodiscard]] std::filesystem::path log(std::string_view run) const;
  [[nodiscard]] std::filesystem::path report(std::string_view run) const;
  [[nodiscard]] std::filesystem::path kept(std::string_view run) const;

 private:
  std::filesystem::path root_;
};

// Makes the state folder, readable by its owner only, or finds it there. An Error, with the hint to use
// `--state DIR`, where nothing can be written.
[[nodiscard]] Result<Layout> create_state(const std::filesystem::path& root);

// Makes the folders of a run. The run's id must be a safe name (model/name.h).
[[nodiscard]] Result<> create_run_folders(const Layout& layout, std::string_view run);

}  // namespace fleet::store
