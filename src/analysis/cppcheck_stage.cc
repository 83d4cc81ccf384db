#include "analysis/cppcheck_stage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "analysis/cppcheck_program.h"

namespace fleet::analysis {
namespace {

const std::string kStagedRoot = "root";

// `id:root/file:line` of `id:file:line`. cppcheck compares the file with the names that it was given.
std::string staged_suppression(const std::string& suppression, const std::string& root) {
  const std::size_t colon = suppression.find(':');
  if (colon == std::string::npos || colon + 1 == suppression.size() || suppression[colon + 1] == ':') {
    return suppression;
  }
  std::string file = suppression.substr(colon + 1);
  if (file.compare(0, root.size() + 1, root + "/") == 0) file.erase(0, root.size() + 1);
  return suppression.substr(0, colon + 1) + CppcheckStage::staged(file);
}

}  // namespace

Result<CppcheckStage> CppcheckStage::create(const std::string& root, const CppcheckSettings& settings) {
  FLEET_TRY(auto folder, os::TemporaryDirectory::create({}, "fleet-cppcheck-"));
  CppcheckStage stage(root, std::move(folder));
  if (::symlink(root.c_str(), (stage.folder_ / kStagedRoot).c_str()) != 0) {
    return base::fail_errno("link to", root, errno);
  }
  if (!settings.suppressions.empty()) {
    std::string lines;
    for (const auto& suppression : settings.suppressions)
      lines += staged_suppression(suppression, root) + "\n";
    stage.suppressions_ = stage.folder_ / "suppressions";
    FLEET_CHECK(os::write_file_atomically(stage.suppressions_, lines));
  }
  return stage;
}

std::string CppcheckStage::staged(const std::string& path) {
  if (path == ".") return kStagedRoot;
  return !path.empty() && path.front() == '/' ? path : kStagedRoot + "/" + path;
}

Result<std::string> CppcheckStage::name(const std::string& path, CppLanguage language,
                                        std::vector<std::string>& arguments) {
  if (is_name_for_cppcheck(path)) return staged(path);
  const std::string headers = fmt::format("{}", links_.size());
  std::string file = headers + (language == CppLanguage::c ? ".c" : ".cpp");
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash);
  if (::symlink((root_ + "/" + path).c_str(), (folder_ / file).c_str()) != 0 ||
      ::symlink((root_ + "/" + folder).c_str(), (folder_ / headers).c_str()) != 0) {
    return base::fail_errno("link to", path, errno);
  }
  arguments.push_back("-I" + headers);
  links_.emplace(file, path);
  links_.emplace(headers, folder);
  return file;
}

std::string CppcheckStage::name_back(const std::string& name) const {
  const auto link = links_.find(name);
  if (link != links_.end()) return link->second;
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0) return name;
  if (name.compare(0, slash, kStagedRoot) == 0) return name.substr(slash + 1);
  const auto headers = links_.find(name.substr(0, slash));
  if (headers == links_.end()) return name;
  return headers->second.empty() ? name.substr(slash + 1) : headers->second + name.substr(slash);
}

void CppcheckStage::give_names_back(CppcheckMessage& message) const {
  message.of = name_back(message.of);
  for (auto& place : message.places)
    place.file = name_back(place.file);
}

}  // namespace fleet::analysis
