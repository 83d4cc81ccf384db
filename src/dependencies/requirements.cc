#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "dependencies/lock_file_builder.h"
#include "dependencies/paths.h"
#include "dependencies/readers.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostIncluded = 100;  // files

struct LogicalLine {
  std::string text;  // without comments, continued lines joined
  std::uint32_t number = 1;
};

// A comment begins at the start of a line or behind a blank, so that a `#` in a URL is none.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || text::is_ascii_blank(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

std::vector<LogicalLine> logical_lines(std::string_view bytes) {
  std::vector<LogicalLine> lines;
  std::uint32_t number = 0;
  bool goes_on = false;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool is_continued = line.ends_with('\\');
    if (is_continued) line.remove_suffix(1);
    line = without_comment(line);
    if (goes_on) {
      lines.back().text += line;
    } else {
      lines.push_back({std::string(line), number});
    }
    goes_on = is_continued;
  }
  return lines;
}

// The value of an option that stands first in a line: `-r base.txt`, `-rbase.txt`, `--requirement=base.txt`.
std::optional<std::string_view> option(std::string_view line, std::string_view letter,
                                       std::string_view word) {
  std::string_view value;
  if (line.starts_with(word)) {
    value = line.substr(word.size());
    if (!value.starts_with('=') && !value.starts_with(' ') && !value.starts_with('\t')) return std::nullopt;
    if (value.starts_with('=')) value.remove_prefix(1);
  } else if (line.starts_with(letter)) {
    value = line.substr(letter.size());
  } else {
    return std::nullopt;
  }
  return text::trim(value);
}

std::string_view take_python_name(std::string_view& line) {
  std::size_t end = 0;
  while (end < line.size() && (text::is_ascii_letter(line[end]) || text::is_ascii_digit(line[end]) ||
                               line[end] == '-' || line[end] == '_' || line[end] == '.'))
    ++end;
  const std::string_view name = line.substr(0, end);
  line = text::trim(line.substr(end));
  return name;
}

// The version that `==1.2.3` or `===1.2.3` pins, among other conditions; empty: none does.
std::string_view pinned_version(std::string_view conditions) {
  while (!conditions.empty()) {
    const std::size_t comma = std::min(conditions.find(','), conditions.size());
    std::string_view condition = text::trim(conditions.substr(0, comma));
    conditions.remove_prefix(std::min(comma + 1, conditions.size()));
    if (!condition.starts_with("==")) continue;
    condition.remove_prefix(condition.starts_with("===") ? 3 : 2);
    condition = text::trim(condition);
    if (!condition.empty() && condition.find('*') == std::string_view::npos) return condition;
  }
  return {};
}

// `requirements-dev.txt`, `requirements/test.txt`: by a word of its name.
bool is_for_development(std::string_view path) {
  static const std::set<std::string, std::less<>> kWords{"dev",     "develop", "development", "test", "tests",
                                                         "testing", "lint",    "doc",         "docs", "ci"};
  std::string word;
  for (const char c : std::string(file_name_of(path)) + ".") {
    if (text::is_ascii_letter(c)) {
      word += text::to_ascii_lower(c);
      continue;
    }
    if (kWords.contains(word)) return true;
    word.clear();
  }
  return false;
}

class RequirementsReader {
 public:
  explicit RequirementsReader(const ReadBeside& read) : read_(read) {}

  LockFile read(std::string_view bytes, const std::string& path) {
    read_file(bytes, path, false);
    // Constraints count for all files, so that what has no version waits for them.
    LockFile all;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      for (const Open& open : open_[i]) {
        const auto constraint = constraints_.find(normalised_name(Ecosystem::pypi, open.name));
        if (constraint == constraints_.end()) {
          files_[i].add_open(open.name, open.line);
        } else {
          files_[i].add(open.name, constraint->second, open.line).dev = is_for_development(files_[i].path());
        }
      }
      LockFile file = files_[i].finish();
      std::move(file.dependencies.begin(), file.dependencies.end(), std::back_inserter(all.dependencies));
      std::move(file.remarks.begin(), file.remarks.end(), std::back_inserter(all.remarks));
    }
    return all;
  }

 private:
  struct Open {
    std::string name;
    std::uint32_t line;
  };

  void read_file(std::string_view bytes, const std::string& path, bool constrains) {
    const std::size_t index = files_.size();
    files_.emplace_back(Ecosystem::pypi, path);
    open_.emplace_back();
    seen_.insert(path);
    for (const LogicalLine& line : logical_lines(bytes))
      read_line(text::trim(line.text), line.number, index, constrains);
  }

  void read_line(std::string_view line, std::uint32_t number, std::size_t index, bool constrains) {
    if (line.empty()) return;
    if (const auto file = option(line, "-r", "--requirement"))
      return include(*file, number, index, constrains);
    if (const auto file = option(line, "-c", "--constraint")) return include(*file, number, index, true);
    if (const auto place = option(line, "-e", "--editable")) {
      files_[index].add_elsewhere(*place, number);
      return;
    }
    if (line.starts_with('-')) return;  // where to look for packages, and how to install them
    read_requirement(line, number, index, constrains);
  }

  void read_requirement(std::string_view line, std::uint32_t number, std::size_t index, bool constrains) {
    const std::string_view whole = line;
    const std::string_view name = take_python_name(line);
    if (line.starts_with('[')) line = text::trim(line.substr(std::min(line.find(']'), line.size() - 1) + 1));
    if (name.empty() || line.starts_with('/') || line.starts_with(':') || line.starts_with('+') ||
        line.starts_with('@')) {
      files_[index].add_elsewhere(whole, number);
      return;
    }
    line = line.substr(0, line.find(';'));
    line = line.substr(0, std::min(line.find(" --"), line.find("\t--")));
    line = text::trim(line);
    if (line.starts_with('(') && line.ends_with(')')) line = line.substr(1, line.size() - 2);
    if (!line.empty() && std::string_view("=<>!~").find(line.front()) == std::string_view::npos) {
      files_[index].remark(number, fmt::format("`{}` is no requirement that can be read",
                                               text::truncate(text::printable(whole), 60)));
      return;
    }
    const std::string_view version = pinned_version(line);
    if (constrains) {
      if (!version.empty()) constraints_.emplace(normalised_name(Ecosystem::pypi, name), version);
    } else if (version.empty()) {
      open_[index].push_back({std::string(name), number});
    } else {
      files_[index].add(name, version, number).dev = is_for_development(files_[index].path());
    }
  }

  void include(std::string_view file, std::uint32_t number, std::size_t index, bool constrains) {
    const auto path = resolve_beside(files_[index].path(), file);
    if (path && seen_.contains(*path)) return;
    if (files_.size() > kMostIncluded) {
      files_[index].remark(number, fmt::format("more than {} files include each other", kMostIncluded));
      return;
    }
    const auto bytes = path && read_ ? read_(*path) : std::nullopt;
    if (!bytes || !text::is_valid_utf8(*bytes)) {
      files_[index].remark(number, fmt::format("`{}` cannot be read, or is not a text file of this tree",
                                               text::truncate(text::printable(file), 60)));
      return;
    }
    read_file(*bytes, *path, constrains);
  }

  const ReadBeside& read_;
  std::vector<LockFileBuilder> files_;
  std::vector<std::vector<Open>> open_;  // of each file, what has no version
  std::map<std::string, std::string> constraints_;
  std::set<std::string> seen_;
};

}  // namespace

ReadLockFile read_requirements(std::string_view bytes, const std::string& path, const ReadBeside& read) {
  if (!text::is_valid_utf8(bytes)) {
    return tl::make_unexpected(unreadable(path, 1, "it is not UTF-8", "save it as UTF-8"));
  }
  return RequirementsReader(read).read(bytes, path);
}

}  // namespace fleet::dependencies
