#include "app/cppcheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include "analysis/compile_flags.h"
#include "analysis/cppcheck.h"
#include "analysis/file_kind.h"
#include "analysis/include_scan.h"
#include "app/analysis_files.h"
#include "git/path.h"
#include "git/tree.h"
#include "os/files.h"
#include "syntax/language.h"

namespace fleet::app {
namespace {

using analysis::CppcheckFile;
using analysis::CppcheckOutcome;
using analysis::Reported;

// A tree of git's as a folder on disk, file by file.
class TreeFolder {
 public:
  TreeFolder(const git::ObjectStore& store, ObjectId tree, std::string folder)
      : store_(store), tree_(tree), folder_(std::move(folder)) {}

  // What stands in the file; nothing where the tree has none there, or it was put there already.
  Result<std::optional<std::string>> add(const std::string& path) {
    if (!git::is_safe_path(path) || !looked_for_.insert(path).second) return std::nullopt;
    FLEET_TRY(const auto entry, git::entry_at(store_, tree_, path));
    if (!entry.is_file()) return std::nullopt;
    FLEET_TRY(const std::uint64_t size, store_.blob_size(entry.id));
    if (size > kMostAnalysedBytes) return std::nullopt;
    FLEET_TRY(std::string bytes, store_.read_blob(entry.id));
    const std::filesystem::path file = std::filesystem::path(folder_) / path;
    FLEET_CHECK(os::make_directories(file.parent_path()));
    std::ofstream out(file, std::ios::binary);
    out << bytes;
    out.close();
    if (!out) return base::fail_world("write", file.string(), "the disk may be full");
    return bytes;
  }

  // A source with what it includes, found by name, whatever #if says; so is what those include.
  Result<> add_source(const std::string& path, const std::vector<std::string>& includes) {
    std::vector<std::string> open{path};
    while (!open.empty()) {
      const std::string at = std::move(open.back());
      open.pop_back();
      FLEET_TRY(const auto bytes, add(at));
      if (!bytes) continue;
      const std::string beside = std::filesystem::path(at).parent_path().string();
      for (const std::string& name : analysis::scan_includes(*bytes).names) {
        open.push_back(analysis::path_below("/", "/" + beside, name));
        for (const std::string& include : includes)
          open.push_back(analysis::path_below("/", "/" + include, name));
      }
    }
    return {};
  }

 private:
  const git::ObjectStore& store_;
  ObjectId tree_;
  std::string folder_;
  std::set<std::string> looked_for_;
};

bool may_be_cpp(const std::string& path) {
  return syntax::covers(syntax::Language::c, path) || syntax::covers(syntax::Language::cpp, path);
}

std::vector<CppcheckFile> sources_among(const analysis::Files& files) {
  std::vector<CppcheckFile> out;
  for (const std::string& path : files.paths) {
    if (!may_be_cpp(path)) continue;
    const auto bytes = files.read(path);
    // That it cannot be read is remarked where it is analysed.
    if (!bytes || analysis::kind_of(path, *bytes) != model::FileKind::source) continue;
    const auto language = syntax::language_of(path, *bytes);
    if (language == syntax::Language::c) out.push_back({path, analysis::CppLanguage::c});
    if (language == syntax::Language::cpp) out.push_back({path, analysis::CppLanguage::cpp});
  }
  return out;
}

void take_over(analysis::CppcheckReport report, Reported& into) {
  for (model::Finding& finding : report.findings)
    into.findings[finding.path].push_back(std::move(finding));
  for (const analysis::CppcheckFileReport& file : report.files) {
    if (file.outcome != CppcheckOutcome::checked)
      into.remarks.push_back({file.path, "cppcheck: " + file.why});
  }
  if (!report.cache_trouble.empty())
    into.remarks.push_back(
        {"", "what cppcheck found was not kept for the next time: " + report.cache_trouble});
}

}  // namespace

CppcheckUse cppcheck_use(const World& world, const store::Layout& layout) {
  return {world.variable("PATH").value_or(""), (layout.root() / "cppcheck").string()};
}

Result<analysis::CppcheckSettings> cppcheck_settings_in(const git::ObjectStore& store, ObjectId tree) {
  FLEET_TRY(const auto folder, os::TemporaryDirectory::create());
  TreeFolder files(store, tree, folder.path());
  FLEET_TRY(const auto top, store.read_tree(tree));
  std::vector<std::string> names{"build/compile_commands.json"};
  for (const git::Tree::Entry& entry : top->entries())
    names.emplace_back(entry.name);
  for (const std::string& name : names) {
    if (!analysis::holds_cppcheck_settings(name)) continue;
    FLEET_TRY(const auto added, files.add(name));
  }
  return analysis::find_cppcheck_settings(folder.path());
}

Result<Reported> cppcheck_in_folder(const CppcheckUse& use, const std::string& root,
                                    const analysis::Files& files,
                                    const analysis::CppcheckSettings& settings) {
  Reported out;
  const std::vector<CppcheckFile> sources = sources_among(files);
  if (sources.empty()) return out;
  for (const std::string& remark : settings.remarks.list())
    out.remarks.push_back({"", "cppcheck's settings: " + remark});
  analysis::CppcheckOptions options;
  options.root = root;
  options.path_variable = use.path_variable;
  options.cache = use.cache;
  options.at_once = std::max(1U, std::thread::hardware_concurrency());
  options.settings = settings;
  auto report = analysis::run_cppcheck(options, sources);
  if (report) {
    take_over(*std::move(report), out);
  } else {
    out.remarks.push_back({"", fmt::format("cppcheck looked at none of {} C and C++ files: {}",
                                           sources.size(), report.error().line())});
  }
  return out;
}

Result<Reported> cppcheck_in_tree(const CppcheckUse& use, const git::ObjectStore& store, ObjectId tree,
                                  const std::vector<std::string>& paths,
                                  const analysis::CppcheckSettings& settings) {
  if (std::none_of(paths.begin(), paths.end(), may_be_cpp)) return Reported{};
  FLEET_TRY(const auto folder, os::TemporaryDirectory::create());
  TreeFolder on_disk(store, tree, folder.path());
  for (const std::string& path : paths) {
    if (!may_be_cpp(path)) continue;
    std::vector<std::string> includes = settings.everywhere.includes;
    if (const analysis::CompileFlags* own = settings.compile_commands.of(path))
      includes.insert(includes.end(), own->includes.begin(), own->includes.end());
    FLEET_CHECK(on_disk.add_source(path, includes));
  }
  return cppcheck_in_folder(use, folder.path(), files_in(store, tree, paths), settings);
}

}  // namespace fleet::app
