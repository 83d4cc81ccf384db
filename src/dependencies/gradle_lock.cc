#include <fmt/format.h>

#include "dependencies/lock_file_builder.h"
#include "dependencies/readers.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

// `testCompileClasspath,testRuntimeClasspath`: each of them is for tests.
bool are_all_for_tests(std::string_view configurations) {
  while (true) {
    const std::size_t comma = configurations.find(',');
    const std::string one = text::to_ascii_lower(configurations.substr(0, comma));
    if (one.find("test") == std::string::npos) return false;
    if (comma == std::string_view::npos) return true;
    configurations.remove_prefix(comma + 1);
  }
}

}  // namespace

// A line each: `group:artifact:version=configurations`; `empty=` names configurations without any.
ReadLockFile read_gradle_lock(std::string_view bytes, const std::string& path) {
  if (!text::is_valid_utf8(bytes)) return tl::make_unexpected(unreadable(path, 1, "it is not UTF-8"));
  LockFileBuilder builder(Ecosystem::maven, path);
  std::uint32_t number = 0;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = text::trim(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    ++number;
    if (line.empty() || line.starts_with('#') || line.starts_with("empty=")) continue;
    const std::size_t equals = line.find('=');
    const std::string_view module = line.substr(0, equals);
    const std::size_t colon = module.rfind(':');
    if (equals == std::string_view::npos || colon == std::string_view::npos ||
        module.substr(0, colon).find(':') == std::string_view::npos) {
      builder.remark(number, "a line is `group:artifact:version=configurations`",
                     "write the file anew with `gradle dependencies --write-locks`");
      continue;
    }
    builder.add(module.substr(0, colon), module.substr(colon + 1), number).dev =
        are_all_for_tests(line.substr(equals + 1));
  }
  return builder.finish();
}

}  // namespace fleet::dependencies
