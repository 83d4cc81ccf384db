#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "dependencies/digits.h"
#include "dependencies/lock_file_builder.h"
#include "dependencies/readers.h"
#include "dependencies/semver.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

struct Requirement {
  std::string module, version;
  std::uint32_t line = 1;
  bool indirect = false;
};

struct Replacement {
  std::string module, version;  // no version: a folder
};

constexpr std::size_t kMostWords = 10;  // of a line: no directive that counts here has more than six

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!(line = text::trim(line)).empty() && words.size() < kMostWords) {
    if (line.starts_with('"') || line.starts_with('`')) {
      const std::size_t end = std::min(line.find(line.front(), 1), line.size());
      words.emplace_back(line.substr(1, end - 1));
      line.remove_prefix(std::min(end + 1, line.size()));
    } else if (line.front() == '(' || line.front() == ')') {
      words.emplace_back(1, line.front());
      line.remove_prefix(1);
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t()"), line.size());
      words.emplace_back(line.substr(0, end));
      line.remove_prefix(end);
    }
  }
  return words;
}

class GoModReader {
 public:
  GoModReader(const std::string& path, const std::optional<std::string>& go_sum)
      : builder_(Ecosystem::go, path), go_sum_(go_sum) {}

  LockFile read(std::string_view bytes) {
    std::uint32_t number = 0;
    while (!bytes.empty()) {
      const std::size_t end = std::min(bytes.find('\n'), bytes.size());
      read_line(bytes.substr(0, end), ++number);
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    for (const Requirement& requirement : requirements_)
      add(requirement);
    if (!lists_all_) {
      builder_.remark(1,
                      "go.mod files before Go 1.17 name direct requirements only: the others are not judged",
                      "run `go mod tidy -go=1.17` or later");
    }
    if (missing_in_sum_ > 0) {
      builder_.remark(1, fmt::format("go.sum has no entry for {} of the required modules", missing_in_sum_),
                      "run `go mod tidy`");
    }
    return builder_.finish();
  }

 private:
  void read_line(std::string_view line, std::uint32_t number) {
    const std::size_t comment = line.find("//");
    const std::string_view note =
        comment == std::string_view::npos ? std::string_view() : text::trim(line.substr(comment + 2));
    std::vector<std::string> words = words_of(line.substr(0, comment));
    if (words.empty()) return;
    if (block_.empty()) {
      const std::string directive = words.front();
      words.erase(words.begin());
      if (!words.empty() && words.front() == "(") {
        block_ = directive;
      } else {
        read_directive(directive, words, note, number);
      }
    } else if (words.front() == ")") {
      block_.clear();
    } else {
      read_directive(block_, words, note, number);
    }
  }

  void read_directive(const std::string& directive, const std::vector<std::string>& words,
                      std::string_view note, std::uint32_t number) {
    if (directive == "require") {
      if (words.size() != 2) {
        builder_.remark(number, "a requirement is a module and its version");
        return;
      }
      requirements_.push_back(
          {words[0], words[1], number, note == "indirect" || note.starts_with("indirect;")});
    } else if (directive == "replace") {
      read_replacement(words, number);
    } else if (directive == "go" && !words.empty()) {
      const auto since = SemanticVersion::parse("1.17"), version = SemanticVersion::parse(words[0]);
      // What is no plain version (`1.21rc2`) is later than that.
      lists_all_ = !version || *version >= *since;
    }
  }

  // `old [version] => new version`, or `=> ./folder`.
  void read_replacement(const std::vector<std::string>& words, std::uint32_t number) {
    const auto arrow = std::find(words.begin(), words.end(), "=>");
    const auto before = arrow - words.begin(), after = words.end() - arrow;
    if (arrow == words.end() || before < 1 || before > 2 || after < 2 || after > 3) {
      builder_.remark(number, "a replacement is `module [version] => module version`, or a folder");
      return;
    }
    std::string key = words[0];
    if (before == 2) key += " " + words[1];
    replacements_[key] = {*(arrow + 1), after == 3 ? *(arrow + 2) : std::string()};
  }

  void add(const Requirement& requirement) {
    std::string module = requirement.module, version = requirement.version;
    auto replaced = replacements_.find(module + " " + version);
    if (replaced == replacements_.end()) replaced = replacements_.find(module);
    if (replaced != replacements_.end()) {
      if (replaced->second.version.empty()) {
        builder_.add_elsewhere(module, requirement.line);
        return;
      }
      module = replaced->second.module;
      version = replaced->second.version;
    }
    if (go_sum_ && !is_in_sum(module, version)) ++missing_in_sum_;
    if (version.starts_with('v')) version.erase(0, 1);
    builder_.add(module, version, requirement.line).direct = !requirement.indirect;
  }

  // Its lines begin with `module version`, or `module version/go.mod`.
  bool is_in_sum(const std::string& module, const std::string& version) {
    if (sum_.empty()) {
      std::string_view left = *go_sum_;
      while (!left.empty()) {
        const std::size_t end = std::min(left.find('\n'), left.size());
        const std::string_view line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        std::string_view entry = line.substr(0, line.rfind(' '));
        if (entry.ends_with("/go.mod")) entry.remove_suffix(7);
        sum_.insert(entry);
      }
      sum_.insert(std::string_view());  // it has been read
    }
    return sum_.contains(module + " " + version);
  }

  LockFileBuilder builder_;
  const std::optional<std::string>& go_sum_;
  std::set<std::string_view, std::less<>> sum_;
  std::string block_;  // `require` within `require (`; empty: in none
  std::vector<Requirement> requirements_;
  std::map<std::string, Replacement> replacements_;
  bool lists_all_ = false;  // a file without a `go` line is of Go 1.16
  std::size_t missing_in_sum_ = 0;
};

}  // namespace

ReadLockFile read_go_mod(std::string_view bytes, const std::string& path,
                         const std::optional<std::string>& go_sum) {
  if (!text::is_valid_utf8(bytes)) return tl::make_unexpected(unreadable(path, 1, "it is not UTF-8"));
  return GoModReader(path, go_sum).read(bytes);
}

}  // namespace fleet::dependencies
