#include "app/cppcheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "analysis/compile_flags.h"
#include "analysis/cppcheck.h"
#include "analysis/hide_secrets.h"
#include "analysis/include_closure.h"
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

constexpr int kMostLinks = 8;  // that lead to a file

// A tree of git's as a folder on disk, of which only those files are there that were put.
class TreeFolder {
 public:
  // `untracked` reads what the tree has not: a header that a build makes.
  TreeFolder(const git::ObjectStore& store, ObjectId tree, std::string folder, ReadFile untracked)
      : store_(store), tree_(tree), folder_(std::move(folder)), untracked_(std::move(untracked)) {}

  // A link within the tree is followed: what it leads to is read.
  Result<std::string> read(const std::string& path, int links = 0) const {
    if (!git::is_safe_path(path)) return base::fail_input("read", git::quote_path(path), "it is elsewhere");
    FLEET_TRY(const git::Place place, git::look_up(store_, tree_, path));
    if (place.entry.is_file()) return read_blob(path, place.entry.id);
    const std::string link = place.blocked_by.empty() ? path : std::string(place.blocked_by);
    FLEET_TRY(const auto entry, git::entry_at(store_, tree_, link));
    if (entry.mode == model::FileMode::symlink && links < kMostLinks) {
      FLEET_TRY(const std::string target, store_.read_blob(entry.id));
      if (!target.starts_with('/')) {
        const std::string folder = "/" + std::filesystem::path(link).parent_path().string();
        return read(analysis::path_below("/", folder, target + path.substr(link.size())), links + 1);
      }
    }
    if (!entry.exists() && place.folder.is_none() && untracked_) return untracked_(path);
    return base::fail_input("read", git::quote_path(path), "it is no file");
  }

  Result<> put(const std::string& path) {
    if (!is_put_.insert(path).second) return {};
    const auto bytes = read(path);
    if (!bytes) return {};  // whoever wants it says so
    const std::filesystem::path file = std::filesystem::path(folder_) / path;
    FLEET_CHECK(os::make_directories(file.parent_path()));
    std::ofstream out(file, std::ios::binary);
    out << *bytes;
    out.close();
    if (!out) return base::fail_world("write", file.string(), "the disk may be full");
    return {};
  }

 private:
  Result<std::string> read_blob(const std::string& path, ObjectId id) const {
    FLEET_TRY(const std::uint64_t size, store_.blob_size(id));
    if (size > kMostAnalysedBytes) return base::fail_input("read", git::quote_path(path), "it is too large");
    return store_.read_blob(id);
  }

  const git::ObjectStore& store_;
  ObjectId tree_;
  std::string folder_;
  ReadFile untracked_;
  std::set<std::string> is_put_;
};

bool may_be_cpp(const std::string& path) {
  return syntax::covers(syntax::Language::c, path) || syntax::covers(syntax::Language::cpp, path);
}

std::vector<CppcheckFile> sources_among(const analysis::Files& files, const analysis::Files& base) {
  std::vector<CppcheckFile> out;
  for (const std::string& path : files.paths) {
    if (!may_be_cpp(path)) continue;
    const auto bytes = files.read(path);
    // That it cannot be read is remarked where it is analysed.
    if (!bytes || analysis::judged_kind(path, *bytes, base) != model::FileKind::source) continue;
    const auto language = syntax::language_of(path, *bytes);
    if (language == syntax::Language::c) out.push_back({path, analysis::CppLanguage::c});
    if (language == syntax::Language::cpp) out.push_back({path, analysis::CppLanguage::cpp});
  }
  return out;
}

// It quotes what it does not understand, which may be a secret.
std::string without_secrets(const std::string& text, const std::string& path, const analysis::Files& files) {
  const auto bytes = files.read(path);
  if (!bytes) return text;
  std::vector<analysis::ValuePlace> secrets;
  static_cast<void>(analysis::SecretScanner::built_in().scan(path, *bytes, &secrets));
  return analysis::HiddenSecrets(*bytes, secrets).without(text);
}

void take_over(analysis::CppcheckReport report, const analysis::Files& files, Reported& into) {
  for (model::Finding& finding : report.findings)
    into.findings[finding.path].push_back(std::move(finding));
  for (const analysis::CppcheckFileReport& file : report.files) {
    if (file.outcome != CppcheckOutcome::checked)
      into.remarks.push_back({file.path, "cppcheck: " + without_secrets(file.why, file.path, files)});
  }
  if (!report.cache_trouble.empty())
    into.remarks.push_back(
        {"", "what cppcheck found was not kept for the next time: " + report.cache_trouble});
}

}  // namespace

CppcheckUse cppcheck_use(const World& world, const Checkout& checkout) {
  std::string path = world.variable("PATH").value_or("");
  // The one that comes with fleet goes before the system's (src/bundle.cmake).
  if (const auto own = os::own_executable()) {
    const std::filesystem::path beside = std::filesystem::path(*own).parent_path();
    if (os::exists(beside / "cppcheck")) path = path.empty() ? beside.string() : beside.string() + ":" + path;
  }
  return {std::move(path), (checkout.layout.root() / "cppcheck").string(), checkout.owner};
}

bool has_cpp(const analysis::Files& files) {
  return std::any_of(files.paths.begin(), files.paths.end(), may_be_cpp);
}

analysis::CppcheckSettings cppcheck_settings(Result<analysis::CppcheckSettings> read, Reported& into) {
  if (read) return *std::move(read);
  into.remarks.push_back({"", "cppcheck ran without its settings: " + read.error().line()});
  return {};
}

Result<analysis::CppcheckSettings> cppcheck_settings_in(const git::ObjectStore& store, ObjectId tree,
                                                        const std::string& root) {
  FLEET_TRY(const auto folder, os::TemporaryDirectory::create());
  TreeFolder files(store, tree, folder.path(), {});
  FLEET_TRY(const auto top, store.read_tree(tree));
  for (const git::Tree::Entry& entry : top->entries()) {
    const std::string name(entry.name);
    if (analysis::holds_cppcheck_settings(name)) FLEET_CHECK(files.put(name));
  }
  FLEET_TRY(analysis::CppcheckSettings settings, analysis::find_cppcheck_settings(folder.path()));
  if (!root.empty()) FLEET_CHECK(analysis::add_compile_commands(root, settings));
  return settings;
}

Result<Reported> cppcheck_in_folder(const CppcheckUse& use, const std::string& root,
                                    const analysis::Files& files, const analysis::Files& base,
                                    const analysis::CppcheckSettings& settings) {
  Reported out;
  const std::vector<CppcheckFile> sources = sources_among(files, base);
  if (sources.empty()) return out;
  for (const std::string& remark : settings.remarks.list())
    out.remarks.push_back({"", "cppcheck's settings: " + remark});
  analysis::CppcheckOptions options;
  options.root = root;
  options.path_variable = use.path_variable;
  options.cache = use.cache;
  options.at_once = std::max(1U, std::thread::hardware_concurrency());
  options.settings = settings;
  if (use.user) {
    os::SandboxRules rules;
    rules.user = use.user;
    FLEET_TRY(options.sandbox, os::prepare_sandbox(rules, model::SandboxMode::off));
  }
  auto report = analysis::run_cppcheck(options, sources);
  if (report) {
    take_over(*std::move(report), files, out);
  } else {
    out.remarks.push_back({"", fmt::format("cppcheck looked at none of {} C and C++ files: {}",
                                           sources.size(), report.error().line())});
  }
  return out;
}

Result<Reported> cppcheck_in_tree(const CppcheckUse& use, const git::ObjectStore& store, ObjectId tree,
                                  const analysis::Files& files, const analysis::Files& base,
                                  const analysis::CppcheckSettings& settings, ReadFile untracked) {
  if (!has_cpp(files)) return Reported{};
  FLEET_TRY(const auto folder, os::TemporaryDirectory::create());
  TreeFolder on_disk(store, tree, folder.path(), std::move(untracked));
  analysis::IncludeClosure closure(folder.path(),
                                   [&](const std::string& path) { return on_disk.read(path); });
  for (const std::string& path : files.paths) {
    if (!may_be_cpp(path)) continue;
    std::vector<std::string> includes = settings.everywhere.includes;
    std::vector<std::string> included = settings.everywhere.included;
    if (const analysis::CompileFlags* own = settings.compile_commands.of(path)) {
      includes.insert(includes.end(), own->includes.begin(), own->includes.end());
      included.insert(included.end(), own->included.begin(), own->included.end());
    }
    const auto source = closure.of(path, includes, included);
    if (!source) continue;  // where it is analysed, that is remarked
    FLEET_CHECK(on_disk.put(path));
    for (const auto& [header, hash] : source->headers)
      FLEET_CHECK(on_disk.put(header));
  }
  return cppcheck_in_folder(use, folder.path(), files, base, settings);
}

}  // namespace fleet::app
