#include "git/own_index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <set>
#include <utility>

#include "git/gitmodules.h"
#include "git/path.h"
#include "text/ignore.h"

namespace fleet::git {
namespace {

using model::FileMode;
using model::TreeEntry;

constexpr std::uint64_t kLargestIndex = 1'000'000'000;  // bytes
constexpr std::size_t kHeader = 12, kChecksum = 20;
// Of an entry, before its path: stat data, id, flags; and where in that.
constexpr std::size_t kBeforePath = 62, kModeAt = 24, kIdAt = 40, kFlagsAt = 60;
constexpr std::uint16_t kExtended = 0x4000;  // two more bytes of flags

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return __builtin_bswap32(value);
}

std::uint16_t short_at(std::string_view bytes, std::size_t at) {
  std::uint16_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return __builtin_bswap16(value);
}

// None: it is a folder that a sparse index does not spell out.
FileMode mode_of(std::uint32_t mode) {
  for (const FileMode known :
       {FileMode::regular, FileMode::executable, FileMode::symlink, FileMode::submodule})
    if (mode == static_cast<std::uint32_t>(known)) return known;
  return FileMode::none;
}

// Takes one entry after the other off the bytes.
class IndexReader {
 public:
  IndexReader(std::string_view index, std::uint32_t version) : rest_(index), version_(version) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const TreeEntry& entry() const { return entry_; }

  // False: it is cut short, or makes no sense.
  bool next() {
    if (rest_.size() < kBeforePath) return false;
    entry_.mode = mode_of(number_at(rest_, kModeAt));
    std::memcpy(entry_.id.bytes.data(), rest_.data() + kIdAt, entry_.id.bytes.size());
    const bool is_extended = version_ >= 3 && (short_at(rest_, kFlagsAt) & kExtended) != 0;
    std::size_t at = kBeforePath + (is_extended ? 2 : 0);
    std::size_t dropped = path_.size();  // of the path before
    if (version_ == 4) {
      if (!take_count(at, dropped) || dropped > path_.size()) return false;
    }
    const std::size_t end = rest_.find('\0', std::min(at, rest_.size()));
    if (end == rest_.npos || end - at > kMaxPath) return false;
    path_.resize(path_.size() - dropped);
    path_ += rest_.substr(at, end - at);
    const std::size_t length = version_ == 4 ? end + 1 : (end / 8 + 1) * 8;
    if (length > rest_.size() || path_.size() > kMaxPath) return false;
    rest_.remove_prefix(length);
    return true;
  }

 private:
  // A number of variable length, as in packs (varint.c).
  bool take_count(std::size_t& at, std::size_t& count) const {
    count = 0;
    for (int digit = 0; digit < 4; ++digit) {
      if (at >= rest_.size()) return false;
      const auto byte = static_cast<unsigned char>(rest_[at++]);
      count = (digit > 0 ? count + 1 : 0) * 128 + (byte & 127U);
      if (byte < 128) return true;
    }
    return false;
  }

  std::string_view rest_;
  std::uint32_t version_;
  std::string path_;
  TreeEntry entry_;
};

// Nothing: none is there, or it is as it was written.
Result<std::optional<std::string>> read_changed_index(const Root& work, std::optional<FileStamp> as_written,
                                                      std::string& problem) {
  const Root::Parent at = work.open_parent(".git/index");
  const base::UniqueFd file(
      at.folder ? ::openat(at.folder.get(), at.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                : -1);
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) {
    // ENXIO: the sign of an overlay that it was removed.
    if (errno != ENOENT && errno != ENOTDIR && errno != ENXIO) problem = std::strerror(errno);
    return std::nullopt;
  }
  if (as_written && *as_written == FileStamp::of(info)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (!S_ISREG(info.st_mode) || size > kLargestIndex) {
    problem = S_ISREG(info.st_mode) ? "it is too large" : "it is no file";
    return std::nullopt;
  }
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno("read", (work.path() / ".git/index").string(), errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<std::vector<std::string>> dropped_by(std::string_view index, const FilesBefore& before) {
  std::vector<std::string> tracked;
  const auto add = [&](const std::string& path, const TreeEntry&) -> Result<> {
    tracked.push_back(path);
    return {};
  };
  FLEET_TRY(const bool is_whole, for_each_tracked(index, add));
  static_cast<void>(is_whole);
  std::sort(tracked.begin(), tracked.end());  // an index is, but this one is not ours
  std::vector<std::string> out;
  FLEET_CHECK(before.for_each([&](const std::string& path) {
    if (!std::binary_search(tracked.begin(), tracked.end(), path)) out.push_back(path);
  }));
  return out;
}

}  // namespace

Result<bool> for_each_tracked(
    std::string_view index,
    const std::function<Result<>(const std::string& path, const TreeEntry& entry)>& visit) {
  if (index.size() < kHeader + kChecksum || !index.starts_with("DIRC")) return false;
  const std::uint32_t version = number_at(index, 4);
  if (version < 2 || version > 4) return false;
  IndexReader reader(index.substr(kHeader, index.size() - kHeader - kChecksum), version);
  for (std::uint32_t left = number_at(index, 8); left > 0; --left) {
    if (!reader.next()) return false;
    if (reader.entry().mode != FileMode::none) FLEET_CHECK(visit(reader.path(), reader.entry()));
  }
  return !reader.rest().starts_with("link");  // a split index: most of it is in another file
}

Result<OwnIndex> read_own_index(const Root& work, std::optional<FileStamp> as_written,
                                const FilesBefore& before) {
  OwnIndex out;
  FLEET_TRY(const auto bytes, read_changed_index(work, as_written, out.problem));
  if (!bytes) return out;
  std::size_t known = 0;
  const auto take = [&](const std::string& path, const TreeEntry& entry) -> Result<> {
    if (!is_safe_path(path)) return {};
    FLEET_TRY(const bool was_there, before.holds(path));
    if (was_there)
      ++known;
    else
      out.added.insert_or_assign(path, entry);
    return {};
  };
  FLEET_TRY(const bool is_whole, for_each_tracked(*bytes, take));
  if (!is_whole) {
    out.problem = "it is no index that fleet can read";
    return out;
  }
  FLEET_TRY(const std::size_t count, before.count());
  if (known < count) {
    FLEET_TRY(out.dropped, dropped_by(*bytes, before));
  }
  return out;
}

Result<std::vector<std::string>> ignored_of(
    const std::vector<std::string>& dropped, const std::string& excludes,
    const std::function<Result<std::string>(const std::string& folder)>& rules_of) {
  text::IgnoreRules rules;
  rules.add("", excludes);
  std::set<std::string, std::less<>> loaded;
  std::vector<std::string> out;
  for (const std::string& path : dropped) {
    for (std::size_t end = 0; end != path.npos; end = path.find('/', end + 1)) {
      const std::string folder = path.substr(0, end);
      if (!loaded.insert(folder).second) continue;
      FLEET_TRY(const std::string text, rules_of(folder.empty() ? folder : folder + '/'));
      rules.add(folder, text);
    }
    if (rules.check_with_parents(path, false) == text::Ignored::yes) out.push_back(path);
  }
  return out;
}

std::vector<std::string> notes_of(const OwnIndex& index) {
  if (index.problem.empty()) return {};
  return {fmt::format("what is ignored and was added all the same was left out: the task's .git/index: {}",
                      index.problem)};
}

void keep_named_submodules(Tracked& added, std::string_view gitmodules) {
  const std::vector<std::string> named = paths_in_gitmodules(gitmodules);
  std::erase_if(added, [&](const auto& item) {
    return item.second.mode == FileMode::submodule &&
           std::find(named.begin(), named.end(), item.first) == named.end();
  });
}

}  // namespace fleet::git
