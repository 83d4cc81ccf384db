#include "agents/tool_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "git/path.h"
#include "syntax/codemod.h"
#include "text/utf8.h"

// Files: listing, reading, writing, moving. Searches: tool_search.cc; edits: tool_edit.cc.
namespace fleet::agents {
namespace {

constexpr std::size_t kMostListed = 2000;                 // paths
constexpr std::size_t kMostRead = 64 * 1024;              // bytes
constexpr std::uint64_t kMostHandled = 32 * 1024 * 1024;  // bytes
constexpr std::size_t kMostWritten = 8 * 1024 * 1024;     // bytes

}  // namespace

Result<std::string> ToolRun::perform(const ToolCall& call) {
  using Method = Result<std::string> (ToolRun::*)(const ToolArguments&);
  struct Named {
    std::string_view name;
    Method method;
  };
  static constexpr Named kMethods[] = {
      {"list_files", &ToolRun::list_files},   {"read_file", &ToolRun::read_file},
      {"search", &ToolRun::search},           {"edit_file", &ToolRun::edit_file},
      {"apply_patch", &ToolRun::apply_patch}, {"write_file", &ToolRun::write_file},
      {"delete_file", &ToolRun::delete_file}, {"move_file", &ToolRun::move_file},
  };
  const auto found = std::find_if(std::begin(kMethods), std::end(kMethods),
                                  [&](const Named& named) { return named.name == call.name; });
  if (found == std::end(kMethods)) {
    std::string names;
    for (const Tool& tool : box_.tools())
      names += (names.empty() ? "" : ", ") + tool.name;
    return base::fail_input("call", call.name, "there is no such tool", "use one of: " + names);
  }
  FLEET_TRY(const ToolArguments arguments, ToolArguments::parse(call));
  return (this->*found->method)(arguments);
}

Result<> ToolRun::check_readable(const std::string& path) const {
  if (box_.may_read(path)) return {};
  return base::fail_input("read", git::quote_path(path), "this task may not read it",
                          "it may read: " + box_.reads_text_);
}

Result<> ToolRun::check_writable(const std::string& path) const {
  if (box_.may_write(path)) return {};
  return base::fail_input("change", git::quote_path(path), "this task may not change it",
                          "it may change: " + box_.writes_text_);
}

Result<std::string> ToolRun::text_of(const std::string& path) const {
  FLEET_CHECK(check_readable(path));
  FLEET_TRY(const std::uint64_t size, editor_.size(path));
  if (size > kMostHandled) return base::fail_input("read", git::quote_path(path), "it is larger than 32 MB");
  FLEET_TRY(std::string text, editor_.read(path));
  if (!syntax::is_text(text)) return base::fail_input("read", git::quote_path(path), "it is no text");
  return text;
}

Result<std::string> ToolRun::list_files(const ToolArguments& arguments) {
  FLEET_TRY(std::string folder, arguments.text_or("folder", ""));
  FLEET_TRY(const std::string glob, arguments.text_or("glob", ""));
  while (folder.ends_with('/'))
    folder.pop_back();
  if (folder == ".") folder.clear();
  std::optional<text::GlobSet> wanted;
  if (!glob.empty()) {
    FLEET_TRY(wanted, text::GlobSet::parse({glob}));
  }
  FLEET_TRY(std::vector<std::string> paths, box_.readable(editor_, folder));
  if (wanted) std::erase_if(paths, [&](const std::string& path) { return !wanted->matches(path); });
  if (paths.empty()) return std::string("There is no such file.");
  std::string answer;
  for (std::size_t i = 0; i < std::min(paths.size(), kMostListed); ++i)
    answer += git::quote_path(paths[i]) + '\n';
  if (paths.size() > kMostListed)
    answer += fmt::format("(and {} more: name a folder or a glob)\n", paths.size() - kMostListed);
  return answer;
}

Result<std::string> ToolRun::read_file(const ToolArguments& arguments) {
  FLEET_TRY(const std::string path, arguments.text("path"));
  FLEET_TRY(const auto first, arguments.count("start_line"));
  FLEET_TRY(const auto last, arguments.count("end_line"));
  FLEET_TRY(const std::string text, text_of(path));
  const std::size_t begin = std::max<std::size_t>(first.value_or(1), 1);
  const std::size_t end = last.value_or(SIZE_MAX);
  std::string shown;
  std::size_t line = 1;
  std::size_t shown_to = 0;
  std::size_t cut = 0;  // line
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (line >= begin && line <= end && shown.size() < kMostRead) {
      shown += text.substr(at, std::min(next - at, kMostRead));
      if (next - at > kMostRead) cut = line;
      shown_to = line;
    }
    at = next;
  }
  const std::size_t lines = line - 1;
  if (cut > 0) shown += fmt::format("\n(line {} is cut after {} bytes)", cut, kMostRead);
  if (text.empty()) return std::string("(The file is empty.)");
  if (shown_to == 0) return fmt::format("(The file has {} lines only.)", lines);
  if (begin > 1 || shown_to < lines)
    shown +=
        fmt::format("{}(lines {} to {} of {})", shown.ends_with('\n') ? "" : "\n", begin, shown_to, lines);
  return shown;
}

Result<std::string> ToolRun::write_file(const ToolArguments& arguments) {
  FLEET_TRY(const std::string path, arguments.text("path"));
  FLEET_TRY(const std::string text, arguments.text("text"));
  FLEET_CHECK(check_writable(path));
  if (text.size() > kMostWritten)
    return base::fail_input("write", git::quote_path(path), "it is larger than 8 MB");
  FLEET_TRY(const model::TreeEntry before, editor_.entry(path));
  FLEET_CHECK(editor_.write(path, text));
  return fmt::format("{} {} ({} bytes).", before.exists() ? "Wrote" : "Created", git::quote_path(path),
                     text.size());
}

Result<std::string> ToolRun::delete_file(const ToolArguments& arguments) {
  FLEET_TRY(const std::string path, arguments.text("path"));
  FLEET_CHECK(check_writable(path));
  FLEET_CHECK(editor_.remove(path));
  return fmt::format("Deleted {}.", git::quote_path(path));
}

Result<std::string> ToolRun::move_file(const ToolArguments& arguments) {
  FLEET_TRY(const std::string from, arguments.text("from"));
  FLEET_TRY(const std::string to, arguments.text("to"));
  FLEET_CHECK(check_readable(from));
  FLEET_CHECK(check_writable(from));
  FLEET_CHECK(check_writable(to));
  FLEET_CHECK(editor_.move(from, to));
  return fmt::format("Moved {} to {}.", git::quote_path(from), git::quote_path(to));
}

}  // namespace fleet::agents
