#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "os/files.h"
#include "os/sandbox.h"

namespace fleet::os {
namespace {

std::string parent_of(const std::string& folder) {
  const auto slash = folder.find_last_of('/');
  return slash == std::string::npos || slash == 0 ? "/" : folder.substr(0, slash);
}

bool holds(const std::string& folder, const std::string& path) {
  return folder == "/" || path == folder || path.compare(0, folder.size() + 1, folder + "/") == 0;
}

// `bin` beside `lib` is how installations look (a Node.js of nvm, a Python of pyenv, a virtual environment):
// its programs read their own libraries. Not so ~/.cargo, whose `bin` stands beside a file of credentials.
bool is_installation(const std::string& folder, const std::string& home) {
  if (!home.empty() && (holds(folder, home) || folder == home + "/.local")) return false;
  return folder != "/" && (is_directory(folder + "/lib") || is_directory(folder + "/libexec"));
}

std::string without_symlinks(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

void add_around(const std::string& path, const std::vector<std::string>& closed,
                std::vector<std::string>& paths) {
  const auto holds_closed = [&](const std::string& folder) {
    return std::any_of(closed.begin(), closed.end(), [&](const auto& each) { return holds(folder, each); });
  };
  if (!holds_closed(path)) {
    paths.push_back(path);
    return;
  }
  const auto names = list_directory(path);
  if (!names || std::find(closed.begin(), closed.end(), path) != closed.end()) return;
  for (const std::string& name : *names)
    add_around((path == "/" ? "" : path) + "/" + name, closed, paths);
}

}  // namespace

std::vector<std::string> system_read_paths(std::string_view path_variable, const std::string& home,
                                           const std::vector<std::string>& closed) {
  std::vector<std::string> paths{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc",
                                 "/opt", "/nix/store", "/proc", "/sys",
                                 // where /etc/resolv.conf leads to
                                 "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf",
                                 "/mnt/wsl/resolv.conf"};
  for (std::string_view rest = path_variable; !rest.empty();) {
    const auto colon = std::min(rest.find(':'), rest.size());
    std::string folder(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    while (folder.size() > 1 && folder.back() == '/')
      folder.pop_back();
    if (folder.empty() || folder.front() != '/' || (!home.empty() && holds(folder, home))) continue;
    const std::string name = folder.substr(folder.find_last_of('/') + 1);
    const bool holds_programs = name == "bin" || name == "sbin" || name == "shims";
    const bool links_to_packages = name == ".bin" && parent_of(folder).ends_with("/node_modules");
    if (links_to_packages || (holds_programs && is_installation(parent_of(folder), home)))
      folder = parent_of(folder);
    const bool covered =
        std::any_of(paths.begin(), paths.end(), [&](const auto& path) { return holds(path, folder); });
    if (!covered) paths.push_back(folder);
  }
  for (std::string& path : paths)
    path = without_symlinks(path);
  std::vector<std::string> real_closed;
  for (const std::string& folder : closed) {
    std::string real = without_symlinks(folder);
    // Some accounts have a system folder for their home.
    const bool is_system = std::find(paths.begin(), paths.end(), real) != paths.end();
    if (!folder.empty() && real != "/" && !is_system) real_closed.push_back(std::move(real));
  }
  std::vector<std::string> open;
  for (const std::string& path : paths)
    add_around(path, real_closed, open);
  // Each rule costs every program something.
  std::vector<std::string> topmost;
  for (const std::string& path : open) {
    const auto covers = [&](const std::string& other) { return other != path && holds(other, path); };
    if (std::none_of(open.begin(), open.end(), covers) &&
        std::find(topmost.begin(), topmost.end(), path) == topmost.end()) {
      topmost.push_back(path);
    }
  }
  return topmost;
}

}  // namespace fleet::os
