#include <fmt/format.h>

#include <set>

#include "dependencies/lock_file_builder.h"
#include "dependencies/npm.h"
#include "dependencies/readers.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

// A word of Yarn 1's lock file, with or without quotes, taken off the line.
std::string take_word(std::string_view& line) {
  while (line.starts_with(' '))
    line.remove_prefix(1);
  std::string word;
  if (!line.starts_with('"')) {
    const std::size_t end = std::min(line.find_first_of(" ,:"), line.size());
    // A colon belongs to the word unless it ends the line: `a@npm:b@1`.
    std::size_t stop = end;
    while (stop < line.size() && line[stop] == ':' && stop + 1 < line.size())
      stop = std::min(line.find_first_of(" ,:", stop + 1), line.size());
    word = line.substr(0, stop);
    line.remove_prefix(stop);
    return word;
  }
  line.remove_prefix(1);
  while (!line.empty() && line.front() != '"') {
    if (line.front() == '\\' && line.size() > 1) line.remove_prefix(1);
    word += line.front();
    line.remove_prefix(1);
  }
  if (!line.empty()) line.remove_prefix(1);
  return word;
}

// An entry of Yarn 1: who asked for it, and what they got.
struct YarnEntry {
  std::string asked;  // the first of them
  std::string version, resolved;
  std::uint32_t line = 0;  // 0: none yet
};

void add_yarn_entry(const YarnEntry& entry, LockFileBuilder& builder) {
  if (entry.line == 0) return;
  auto [name, range] = split_npm_name(entry.asked);
  if (range.starts_with("npm:")) {
    std::tie(name, range) = split_npm_name(range.substr(4));
  } else if (range.find("://") != std::string_view::npos || range.starts_with("file:") ||
             range.starts_with("link:") || range.find('/') != std::string_view::npos) {
    builder.add_elsewhere(name, entry.line);
    return;
  }
  builder.add(name, entry.version, entry.line);
}

ReadLockFile read_yarn_1(std::string_view bytes, const std::string& path) {
  if (!text::is_valid_utf8(bytes)) return tl::make_unexpected(unreadable(path, 1, "it is not UTF-8"));
  LockFileBuilder builder(Ecosystem::npm, path);
  YarnEntry entry;
  std::uint32_t line_number = 0;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (text::trim(line).empty() || line.starts_with('#')) continue;
    if (!line.starts_with(' ')) {
      add_yarn_entry(entry, builder);
      entry = {};
      if (!line.ends_with(':')) {
        builder.remark(line_number, "this begins no entry: it does not end in a colon",
                       "write the file anew with `yarn install`");
        continue;
      }
      entry.asked = take_word(line);
      entry.line = line_number;
    } else if (line.starts_with("  ") && !line.starts_with("   ")) {
      const std::string key = take_word(line);
      if (key == "version") entry.version = take_word(line);
      if (key == "resolved") entry.resolved = take_word(line);
    }
  }
  add_yarn_entry(entry, builder);
  return builder.finish();
}

// What workspaces ask for, as entries are called: `lodash@npm:^4.17.0`.
std::set<std::string, std::less<>> asked_for_by_workspaces(const Value& entries) {
  std::set<std::string, std::less<>> asked;
  for (const Member& entry : entries.members) {
    if (entry.value.string("linkType") != "soft") continue;
    for (const char* list : {"dependencies", "devDependencies"}) {
      for (const Member& one : entry.value.members_of(list)) {
        // Without a protocol before Yarn 4, `npm:` since.
        const bool has_protocol = one.value.text.find(':') != std::string::npos;
        asked.insert(fmt::format("{}@{}{}", one.key, has_protocol ? "" : "npm:", one.value.text));
      }
    }
  }
  return asked;
}

bool is_asked_for(std::string_view key, const std::set<std::string, std::less<>>& asked) {
  while (true) {
    const std::size_t comma = key.find(", ");
    if (asked.contains(key.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    key.remove_prefix(comma + 2);
  }
}

ReadLockFile read_yarn_2(std::string_view bytes, const std::string& path) {
  const auto value = read_yaml(bytes, path);
  if (!value) return tl::make_unexpected(value.error());
  if (!value->is_object()) return tl::make_unexpected(unreadable(path, 1, "it holds no entries"));
  LockFileBuilder builder(Ecosystem::npm, path);
  const auto asked = asked_for_by_workspaces(*value);
  for (const Member& entry : value->members) {
    if (entry.key == "__metadata" || entry.value.string("linkType") == "soft") continue;
    const auto [name, locator] = split_npm_name(entry.value.string("resolution"));
    const Value* version = entry.value.find("version");
    if (name.empty() || version == nullptr) {
      builder.remark(entry.line, "the entry has no `resolution` or no `version`");
    } else if (!locator.starts_with("npm:") && !locator.starts_with("patch:")) {
      builder.add_elsewhere(name, entry.line);
    } else {
      builder.add(name, version->text, entry.line).direct = is_asked_for(entry.key, asked);
    }
  }
  return builder.finish();
}

}  // namespace

ReadLockFile read_yarn_lock(std::string_view bytes, const std::string& path) {
  if (bytes.size() > kMostBytes) {
    return tl::make_unexpected(
        unreadable(path, 1, fmt::format("it is larger than {} MB", kMostBytes >> 20), {}));
  }
  const bool is_yaml =
      bytes.starts_with("__metadata:") || bytes.find("\n__metadata:") != std::string_view::npos;
  return is_yaml ? read_yarn_2(bytes, path) : read_yarn_1(bytes, path);
}

}  // namespace fleet::dependencies
