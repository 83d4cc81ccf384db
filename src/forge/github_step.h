#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a step of GitHub Actions tells its runner: commands in the log, and entries of the files that it names
// (docs.github.com, "Workflow commands for GitHub Actions"). Texts may be anybody's.
namespace fleet::forge {

enum class Level { error, warning, notice };

struct Annotation {
  Level level = Level::error;
  std::string title;
  std::string message;
  std::string path;        // from the root of the repository; empty: of no file
  std::uint32_t line = 0;  // 0: of the whole file, as with the column
  std::uint32_t column = 0;
};

inline constexpr std::size_t kMostAnnotations = 10;      // of a level that GitHub shows of a step
inline constexpr std::size_t kLongestAnnotation = 4096;  // bytes of a message that it takes

// A command a line, in their order. Past ten of a level, the tenth says how many are left out, and where they
// are.
[[nodiscard]] std::string annotation_commands(const std::vector<Annotation>& annotations,
                                              std::string_view where);

// So that the runner's log shows `***` for each of them: it does not show these lines.
[[nodiscard]] std::string mask_commands(const std::vector<std::string>& secrets);

// For GITHUB_OUTPUT: nothing in a value can end it, or begin another.
[[nodiscard]] std::string output_entries(const std::vector<std::pair<std::string, std::string>>& outputs);

}  // namespace fleet::forge
