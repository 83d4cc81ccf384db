#include "git/index_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>

#include "base/thread.h"
#include "git/beneath.h"
#include "git/sha1.h"

namespace fleet::git {
namespace {

using model::FileMode;

// From here on hashing takes longer than a thread does.
constexpr std::size_t kHashedBesides = 1'000'000;  // bytes

// The part of an index entry before its name, big-endian; what does not fit into 32 bits is cut, as git does.
struct IndexEntry {
  std::uint32_t words[10];
  std::uint8_t id[20];
  std::uint8_t flags[2];
};
static_assert(sizeof(IndexEntry) == 64 && offsetof(IndexEntry, flags) == 60);
constexpr std::size_t kFixedPart = 62;  // without the padding that C++ adds

std::uint32_t word(std::uint64_t value) {
  return __builtin_bswap32(static_cast<std::uint32_t>(value));
}

// All but the checksum at its end.
std::string header_and_entries(FileTable& table, uid_t user, gid_t group) {
  std::string out("DIRC\0\0\0\2", 8);
  out.reserve(table.size() * 112 + 64);
  const std::uint32_t count = word(table.size());
  out.append(reinterpret_cast<const char*>(&count), sizeof count);
  table.for_each([&](const std::string& path, const FileRecord& file) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const FileStamp& stamp = file.stamp;
    const std::uint64_t size = file.entry.mode == FileMode::submodule ? 0 : stamp.size;
    const std::size_t length = std::min<std::size_t>(path.size(), 0xfff);
    IndexEntry entry{{word(static_cast<std::uint64_t>(stamp.changed / kSecond)),
                      word(static_cast<std::uint64_t>(stamp.changed % kSecond)),
                      word(static_cast<std::uint64_t>(stamp.modified / kSecond)),
                      word(static_cast<std::uint64_t>(stamp.modified % kSecond)),
                      0,  // device: git does not look at it
                      word(stamp.inode), word(static_cast<std::uint32_t>(file.entry.mode)), word(user),
                      word(group), word(size)},
                     {},
                     {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length & 0xff)}};
    std::memcpy(entry.id, file.entry.id.bytes.data(), sizeof entry.id);
    out.append(reinterpret_cast<const char*>(&entry), kFixedPart);
    out += path;
    out.append(8 - (kFixedPart + path.size()) % 8, '\0');
  });
  return out;
}

}  // namespace

Result<> write_index(int fd, const std::string& shown, FileTable& table, uid_t user, gid_t group) {
  const std::string bytes = header_and_entries(table, user, group);
  std::array<std::uint8_t, 20> sum;
  const auto hash = [&] { sum = sha1(bytes); };
  std::thread besides;
  if (bytes.size() >= kHashedBesides) {
    if (auto thread = base::start_thread(hash)) besides = *std::move(thread);
  }
  if (!besides.joinable()) hash();  // also where no thread can be had
  const Result<> written = write_all(fd, bytes, shown);
  if (besides.joinable()) besides.join();
  FLEET_CHECK(written);
  return write_all(fd, {reinterpret_cast<const char*>(sum.data()), sum.size()}, shown);
}

}  // namespace fleet::git
