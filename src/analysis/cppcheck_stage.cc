#include "analysis/cppcheck_stage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "analysis/cppcheck_program.h"

namespace fleet::analysis {

Result<CppcheckStage> CppcheckStage::create(const std::string& root, const CppcheckSettings& settings) {
  FLEET_TRY(auto folder, os::TemporaryDirectory::create({}, "fleet-cppcheck-"));
  CppcheckStage stage(root, std::move(folder));
  if (!settings.suppressions.empty()) {
    std::string lines;
    for (const auto& suppression : settings.suppressions)
      lines += suppression + "\n";
    stage.suppressions_ = stage.folder_ / "suppressions";
    FLEET_CHECK(os::write_file_atomically(stage.suppressions_, lines));
  }
  return stage;
}

Result<std::string> CppcheckStage::name(const std::string& path, CppLanguage language,
                                        std::vector<std::string>& arguments) {
  if (is_name_for_cppcheck(path)) return path;
  Link link;
  link.name = folder_ / fmt::format("{}{}", links_.size(), language == CppLanguage::c ? ".c" : ".cpp");
  link.headers = folder_ / fmt::format("{}", links_.size());
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? root_ : root_ + "/" + path.substr(0, slash);
  if (::symlink((root_ + "/" + path).c_str(), link.name.c_str()) != 0 ||
      ::symlink(folder.c_str(), link.headers.c_str()) != 0) {
    return base::fail_errno("link to", path, errno);
  }
  arguments.push_back("-I" + link.headers);
  links_.emplace(path, link);
  return link.name;
}

void CppcheckStage::give_names_back(const std::string& path, CppcheckMessage& message) const {
  const auto link = links_.find(path);
  if (link == links_.end()) return;
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  const std::string headers = link->second.headers + "/";
  message.of = path;
  for (auto& place : message.places) {
    if (place.file == link->second.name) {
      place.file = path;
    } else if (place.file.compare(0, headers.size(), headers) == 0) {
      place.file = folder + place.file.substr(headers.size());
    }
  }
}

}  // namespace fleet::analysis
