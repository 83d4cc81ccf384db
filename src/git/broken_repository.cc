#include "git/broken_repository.h"

#include <fmt/format.h>
#include <git2.h>

#include <cstdint>
#include <string_view>

#include "git/small_file.h"

namespace fleet::git {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kGitFile = "gitdir:";
constexpr std::uint64_t kMostOfGitFile = 65'536;  // bytes

// Also what we may not look at: that is another matter.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::status(path, ignored).type() != fs::file_type::not_found;
}

std::string text_of(const fs::path& file) {
  std::string text = read_small_file(file, kMostOfGitFile, "").value_or("");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

// Where `.git` has it: itself, or what it names when it is a file.
fs::path leads_to(const fs::path& dot_git) {
  std::error_code ignored;
  if (!fs::is_regular_file(dot_git, ignored)) return dot_git;
  const std::string whole = text_of(dot_git);
  std::string_view text = whole;
  if (!text.starts_with(kGitFile)) return {};
  text.remove_prefix(kGitFile.size());
  while (text.starts_with(' '))
    text.remove_prefix(1);
  return dot_git.parent_path() / fs::path(text);
}

std::string missing_work_folder(const fs::path& common) {
  git_config* config = nullptr;
  git_buf value = GIT_BUF_INIT;
  std::string why;
  if (git_config_open_ondisk(&config, (common / "config").c_str()) == 0 &&
      git_config_get_string_buf(&value, config, "core.worktree") == 0 && !is_there(common / value.ptr)) {
    why = fmt::format("its core.worktree, {}, is not there", value.ptr);
  }
  git_buf_dispose(&value);
  git_config_free(config);
  return why;
}

// Empty: nothing that is to be seen.
std::string what_is_wrong(const fs::path& dot_git) {
  const fs::path at = leads_to(dot_git);
  if (at.empty()) return "it is a file that does not say where the repository is (`gitdir: PATH`)";
  std::error_code ignored;
  if (!is_there(at)) {
    const fs::path named = at == dot_git ? fs::read_symlink(dot_git, ignored) : at;
    return fmt::format("it leads to {}, where nothing is", named.string());
  }
  const std::string relative = text_of(at / "commondir");  // of a linked worktree
  const fs::path common = relative.empty() ? at : at / relative;
  if (!is_there(at / "HEAD")) return "it has no HEAD";
  for (const char* needed : {"objects", "refs"})
    if (!is_there(common / needed)) return fmt::format("it has no folder {}/", needed);
  return missing_work_folder(common);
}

}  // namespace

std::optional<BrokenRepository> find_broken_repository(const fs::path& folder) {
  std::error_code error;
  fs::path at = fs::canonical(folder, error);
  if (error) return std::nullopt;
  for (; !at.empty(); at = at.parent_path()) {
    const fs::path dot_git = at / ".git";
    const fs::file_type type = fs::symlink_status(dot_git, error).type();
    if (type == fs::file_type::none) return std::nullopt;
    if (type != fs::file_type::not_found) {
      std::string why = what_is_wrong(dot_git);
      if (why.empty()) return std::nullopt;
      return BrokenRepository{dot_git, std::move(why)};
    }
    if (at == at.parent_path()) break;
  }
  return std::nullopt;
}

}  // namespace fleet::git
