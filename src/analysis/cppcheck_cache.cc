#include "analysis/cppcheck_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "analysis/include_closure.h"
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

constexpr std::uint64_t kMaxEntry = 64 << 20;

// Of the file, not of the name: another one installed in its place has another.
std::optional<std::string> program_key(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return cache_key({"cppcheck's version", path, std::to_string(status.st_dev), std::to_string(status.st_ino),
                    std::to_string(status.st_size), std::to_string(status.st_mtim.tv_sec),
                    std::to_string(status.st_mtim.tv_nsec)});
}

}  // namespace

std::string cache_key(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts)
    all += fmt::format("{}:{},", part.size(), part);
  return sha256_hex(all);
}

std::optional<std::string> CppcheckCache::read(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  auto bytes = os::read_file(fmt::format("{}/{}/{}", folder_, key.substr(0, 2), key), kMaxEntry);
  if (!bytes || bytes->size() < 65 || (*bytes)[64] != '\n') return std::nullopt;
  std::string body = bytes->substr(65);
  if (bytes->compare(0, 64, sha256_hex(body)) != 0) return std::nullopt;
  return body;
}

Result<> CppcheckCache::write(const std::string& key, std::string_view body) const {
  if (folder_.empty()) return {};
  const std::string folder = fmt::format("{}/{}", folder_, key.substr(0, 2));
  FLEET_CHECK(os::make_directories(folder));
  return os::write_file_atomically(folder + "/" + key, fmt::format("{}\n{}", sha256_hex(body), body));
}

std::optional<std::vector<CppcheckMessage>> CppcheckCache::find(const std::string& key) const {
  const auto body = read(key);
  if (!body) return std::nullopt;
  const auto json = model::parse_json(*body, "a kept result", kMaxEntry);
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
