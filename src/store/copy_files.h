#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"

// Copying plain files that may come from anyone.
namespace fleet::store {

struct CopyLimits {
  std::uint64_t files = 1'000'000;
  std::uint64_t bytes = std::uint64_t{64} << 30;
  int depth = 100;  // folders within folders
};

// Copies one file, which must be a plain one: a link, even to a plain file, is an Error, and so is one larger
// than `max_bytes`. The target must not exist. Returns its size.
[[nodiscard]] Result<std::uint64_t> copy_plain_file(const std::filesystem::path& from,
                                                    const std::filesystem::path& to, std::uint64_t max_bytes);

enum class Links {
  refuse,  // a link or a special file is an Error
  keep,    // a link is made again as it is, never followed; special files, which hold nothing, are left out
};

// Copies a folder with all in it; `to` is made. More than the limits is an Error. Where `from` does not
// exist, `to` is made empty. A file that grows meanwhile is copied as far as it was when its turn came.
[[nodiscard]] Result<> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                                   Links links, const CopyLimits& limits = {});

// Waits until all that was written to the file system that holds the folder is on the disk.
[[nodiscard]] Result<> sync_file_system(const std::filesystem::path& folder);

// Writes a small file so that it is there whole or not at all, also after a power loss.
[[nodiscard]] Result<> write_file_atomically(const std::filesystem::path& file, std::string_view content);

}  // namespace fleet::store
