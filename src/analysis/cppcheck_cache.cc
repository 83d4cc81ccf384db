#include "analysis/cppcheck_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "analysis/hash_parts.h"
#include "base/sha256.h"
#include "model/json.h"
#include "model/json_fields.h"
#include "os/files.h"

namespace fleet {

template <>
struct model::Fields<analysis::CppcheckPlace> {
  using P = analysis::CppcheckPlace;
  static constexpr auto list = std::tuple{field("file", &P::file), field("line", &P::line),
                                          field("column", &P::column), field("info", &P::info)};
};

template <>
struct model::Fields<analysis::CppcheckMessage> {
  using M = analysis::CppcheckMessage;
  static constexpr auto list = std::tuple{field("id", &M::id),        field("severity", &M::severity),
                                          field("text", &M::text),    field("cwe", &M::cwe),
                                          field("of", &M::of),        field("inconclusive", &M::inconclusive),
                                          field("places", &M::places)};
};

namespace analysis {
namespace {

// Of the file, not of the name: another one installed in its place has another.
std::optional<std::string> program_key(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return hash_parts({"cppcheck's version", path, std::to_string(status.st_dev), std::to_string(status.st_ino),
                     std::to_string(status.st_size), std::to_string(status.st_mtim.tv_sec),
                     std::to_string(status.st_mtim.tv_nsec)});
}

}  // namespace

std::optional<std::string> CppcheckCache::read(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string path = fmt::format("{}/{}/{}", folder_, key.substr(0, 2), key);
  auto bytes = os::read_file(path, max_part_);
  if (!bytes || bytes->size() < 65 || (*bytes)[64] != '\n') return std::nullopt;
  std::string body = bytes->substr(65);
  if (bytes->compare(0, 64, base::sha256_hex(body)) != 0) return std::nullopt;
  ::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);  // it was used
  return body;
}

Result<> CppcheckCache::write(const std::string& key, std::string_view body) const {
  if (folder_.empty() || body.size() + 65 > max_part_) return {};
  const std::string folder = fmt::format("{}/{}", folder_, key.substr(0, 2));
  FLEET_CHECK(os::make_directories(folder));
  FLEET_CHECK(
      os::write_file_atomically(folder + "/" + key, fmt::format("{}\n{}", base::sha256_hex(body), body)));
  make_room(folder);
  return {};
}

void CppcheckCache::make_room(const std::string& part) const {
  struct Entry {
    std::pair<std::int64_t, std::int64_t> used;  // seconds, nanoseconds
    std::uint64_t bytes = 0;                     // on the disk
    std::string path;
  };
  std::vector<Entry> entries;
  std::uint64_t total = 0;
  const auto names = os::list_directory(part);
  if (!names) return;
  for (const auto& name : *names) {
    struct stat status {};
    std::string path = fmt::format("{}/{}", part, name);
    if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto bytes = std::max<std::uint64_t>(status.st_size, std::uint64_t{512} * status.st_blocks);
    entries.push_back({{status.st_mtim.tv_sec, status.st_mtim.tv_nsec}, bytes, std::move(path)});
    total += bytes;
  }
  if (total <= max_part_) return;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& left, const Entry& right) { return left.used < right.used; });
  for (std::size_t i = 0; i + 1 < entries.size() && total > max_part_; ++i) {
    // Another process may have been faster.
    ::unlink(entries[i].path.c_str());
    total -= entries[i].bytes;
  }
}

std::optional<std::vector<CppcheckMessage>> CppcheckCache::find(const std::string& key) const {
  const auto body = read(key);
  if (!body) return std::nullopt;
  const auto json = model::parse_json(*body, "a kept result", max_part_);
  if (!json) return std::nullopt;
  auto messages = model::from_json<std::vector<CppcheckMessage>>(*json, "a kept result");
  if (!messages) return std::nullopt;
  return *std::move(messages);
}

Result<> CppcheckCache::keep(const std::string& key, const std::vector<CppcheckMessage>& messages) const {
  return write(key, model::dump_json(model::to_json(messages)));
}

std::optional<std::string> CppcheckCache::version(const std::string& path) const {
  const auto key = program_key(path);
  return key ? read(*key) : std::nullopt;
}

Result<> CppcheckCache::keep_version(const std::string& path, const std::string& version) const {
  const auto key = program_key(path);
  return key ? write(*key, version) : Result<>{};
}

}  // namespace analysis
}  // namespace fleet
