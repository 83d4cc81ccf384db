#include "dependencies/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "dependencies/paths.h"
#include "dependencies/readers.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

constexpr std::array<std::string_view, 9> kPassedOver{".git", ".hg",  ".svn",        "node_modules", ".venv",
                                                      "venv", ".tox", "__pycache__", "site-packages"};

enum class Format {
  package_lock,
  yarn_lock,
  pnpm_lock,
  requirements,
  poetry_lock,
  uv_lock,
  pdm_lock,
  pipfile_lock,
  cargo_lock,
  go_mod,
  pom,
  gradle_lock,
};

constexpr std::array<std::pair<std::string_view, Format>, 13> kFormats{{
    {"package-lock.json", Format::package_lock},
    {"npm-shrinkwrap.json", Format::package_lock},
    {"yarn.lock", Format::yarn_lock},
    {"pnpm-lock.yaml", Format::pnpm_lock},
    {"poetry.lock", Format::poetry_lock},
    {"uv.lock", Format::uv_lock},
    {"pdm.lock", Format::pdm_lock},
    {"Pipfile.lock", Format::pipfile_lock},
    {"Cargo.lock", Format::cargo_lock},
    {"go.mod", Format::go_mod},
    {"pom.xml", Format::pom},
    {"gradle.lockfile", Format::gradle_lock},
    {"buildscript-gradle.lockfile", Format::gradle_lock},
}};

std::optional<Format> format_of(std::string_view path) {
  const std::string_view name = file_name_of(path);
  for (const auto& [known, format] : kFormats) {
    if (name == known) return format;
  }
  if (!name.ends_with(".txt")) return std::nullopt;
  // What constrains versions installs nothing by itself.
  if (name.find("constraints") != std::string_view::npos) return std::nullopt;
  const bool is_named_so = name.starts_with("requirements") || name.ends_with("requirements.txt");
  if (is_named_so || file_name_of(folder_of(path)) == "requirements") return Format::requirements;
  return std::nullopt;
}

ReadLockFile read_lock_file(Format format, std::string_view bytes, const std::string& path,
                            const ReadBeside& read) {
  switch (format) {
    case Format::package_lock:
      return read_package_lock(bytes, path);
    case Format::yarn_lock:
      return read_yarn_lock(bytes, path);
    case Format::pnpm_lock:
      return read_pnpm_lock(bytes, path);
    case Format::requirements:
      return read_requirements(bytes, path, read);
    case Format::poetry_lock:
      return read_poetry_lock(bytes, path);
    case Format::uv_lock:
      return read_uv_lock(bytes, path);
    case Format::pdm_lock:
      return read_pdm_lock(bytes, path);
    case Format::pipfile_lock:
      return read_pipfile_lock(bytes, path);
    case Format::cargo_lock:
      return read_cargo_lock(bytes, path);
    case Format::go_mod:
      return read_go_mod(bytes, path, read(join_path(folder_of(path), "go.sum")));
    case Format::pom:
      return read_pom(bytes, path, read);
    case Format::gradle_lock:
      break;
  }
  return read_gradle_lock(bytes, path);
}

class TreeReader {
 public:
  TreeReader(const Files& files, Duration time)
      : files_(files), time_(time), deadline_(std::chrono::steady_clock::now() + time) {}

  Result<TreeDependencies> read() {
    FLEET_CHECK(find());
    std::sort(tree_.lock_files.begin(), tree_.lock_files.end());
    for (const std::string& path : tree_.lock_files) {
      if (is_late()) return too_late();
      add(path);
      if (tree_.dependencies.size() > kMostTreeDependencies) {
        return base::fail_input("read the lock files", path,
                                fmt::format("the tree names more than {} packages", kMostTreeDependencies));
      }
    }
    const auto place = [](const Dependency& d) {
      return std::tie(d.path, d.line, d.name, d.version, d.ecosystem);
    };
    auto& all = tree_.dependencies;
    std::stable_sort(all.begin(), all.end(),
                     [&](const Dependency& a, const Dependency& b) { return place(a) < place(b); });
    // A file of requirements is read by itself and where another includes it.
    all.erase(std::unique(all.begin(), all.end(),
                          [&](const Dependency& a, const Dependency& b) { return place(a) == place(b); }),
              all.end());
    const auto remark_place = [](const model::Diagnostic& d) {
      return std::tie(d.path, d.at.line, d.message);
    };
    auto& remarks = tree_.remarks;
    std::sort(remarks.begin(), remarks.end(), [&](const model::Diagnostic& a, const model::Diagnostic& b) {
      return remark_place(a) < remark_place(b);
    });
    remarks.erase(std::unique(remarks.begin(), remarks.end(),
                              [&](const model::Diagnostic& a, const model::Diagnostic& b) {
                                return remark_place(a) == remark_place(b);
                              }),
                  remarks.end());
    return std::move(tree_);
  }

 private:
  [[nodiscard]] bool is_late() const { return std::chrono::steady_clock::now() > deadline_; }
  [[nodiscard]] tl::unexpected<Error> too_late() const {
    return base::fail_input("read the lock files", {},
                            fmt::format("it took longer than {}", base::describe_duration(time_)),
                            "judge the folders one by one, or give more time");
  }

  Result<> find() {
    std::vector<std::string> left{std::string()};
    std::size_t seen = 0;
    while (!left.empty()) {
      if (is_late()) return too_late();
      const std::string folder = std::move(left.back());
      left.pop_back();
      const auto entries = files_.list(folder);
      if (!entries) {
        if (folder.empty()) return tl::make_unexpected(entries.error());
        remark(folder, entries.error());
        continue;
      }
      seen += entries->size();
      if (seen > kMostTreeEntries) {
        return base::fail_input("look for lock files", folder,
                                fmt::format("the tree holds more than {} files", kMostTreeEntries));
      }
      for (const FolderEntry& entry : *entries)
        look_at(join_path(folder, entry.name), entry, left);
      if (tree_.lock_files.size() > kMostLockFiles) {
        return base::fail_input("look for lock files", folder,
                                fmt::format("the tree holds more than {} of them", kMostLockFiles));
      }
    }
    return {};
  }

  void look_at(std::string path, const FolderEntry& entry, std::vector<std::string>& folders) {
    if (entry.kind == FolderEntry::Kind::folder) {
      if (std::find(kPassedOver.begin(), kPassedOver.end(), entry.name) == kPassedOver.end()) {
        folders.push_back(std::move(path));
      }
    } else if (is_lock_file(path)) {
      if (entry.kind == FolderEntry::Kind::link) {
        Error error;
        error.why = "it is a symbolic link, which is not followed";
        remark(path, error);
      } else {
        tree_.lock_files.push_back(std::move(path));
      }
    }
  }

  void add(const std::string& path) {
    const auto format = format_of(path);
    const auto bytes = files_.read(path, kMostBytes);
    if (!format || !bytes) {
      if (!bytes) remark(path, bytes.error());
      return;
    }
    const ReadBeside beside = [this](const std::string& other) -> std::optional<std::string> {
      auto text = files_.read(other, kMostBytes);
      if (!text) return std::nullopt;
      return *std::move(text);
    };
    auto file = read_lock_file(*format, *bytes, path, beside);
    if (!file) {
      tree_.remarks.push_back(std::move(file).error());
      return;
    }
    std::move(file->dependencies.begin(), file->dependencies.end(), std::back_inserter(tree_.dependencies));
    std::move(file->remarks.begin(), file->remarks.end(), std::back_inserter(tree_.remarks));
  }

  void remark(const std::string& path, const Error& error) {
    model::Diagnostic& remark = tree_.remarks.emplace_back();
    remark.path = path;
    remark.message = fmt::format("cannot read it: {}", text::printable(error.why, text::Newlines::escape));
    remark.suggestion = error.hint;
  }

  const Files& files_;
  Duration time_;
  std::chrono::steady_clock::time_point deadline_;
  TreeDependencies tree_;
};

}  // namespace

bool is_lock_file(std::string_view path) {
  return format_of(path).has_value();
}

Result<TreeDependencies> read_tree(const Files& files, Duration time) {
  return TreeReader(files, time).read();
}

}  // namespace fleet::dependencies
