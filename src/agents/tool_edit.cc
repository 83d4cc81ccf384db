#include <fmt/format.h>

#include <map>

#include "agents/tool_run.h"
#include "git/path.h"
#include "text/unified_patch.h"

// Edits of files that are there.
namespace fleet::agents {
namespace {

constexpr std::size_t kMostEdited = 32 * 1024 * 1024;  // bytes of a file afterwards

std::size_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

std::vector<std::size_t> places_of(std::string_view text, std::string_view wanted) {
  std::vector<std::size_t> places;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + wanted.size()))
    places.push_back(at);
  return places;
}

// Models write `\n` also where a file has `\r\n`.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\n' && !out.ends_with('\r')) out += '\r';
    out += byte;
  }
  return out;
}

}  // namespace

Result<std::string> ToolRun::edit_file(const ToolArguments& arguments) {
  FLEET_TRY(const std::string path, arguments.text("path"));
  FLEET_TRY(std::string before, arguments.text("old_text"));
  FLEET_TRY(std::string after, arguments.text("new_text"));
  FLEET_TRY(const bool all, arguments.flag("all"));
  FLEET_CHECK(check_writable(path));
  FLEET_TRY(const std::string text, text_of(path));
  const std::string where = git::quote_path(path);
  if (before.empty())
    return base::fail_input("edit", where, "`old_text` is empty", "write_file writes a whole file");
  if (before == after) return base::fail_input("edit", where, "`old_text` and `new_text` are the same");
  // Where the lines of the file end in CRLF, so do the new ones.
  if (text.find("\r\n") != std::string::npos) {
    if (text.find(before) == std::string::npos) before = with_crlf(before);
    after = with_crlf(after);
  }
  const std::vector<std::size_t> places = places_of(text, before);
  if (places.empty())
    return base::fail_input("edit", where, "`old_text` is not in it",
                            "read the file, and copy the text exactly");
  if (places.size() == 1 && !all && text.find(before, places[0] + 1) != std::string::npos)
    return base::fail_input("edit", where, "`old_text` is in it in places that overlap",
                            "add lines around it");
  if (places.size() > 1 && !all) {
    return base::fail_input("edit", where,
                            fmt::format("`old_text` is in it {} times, first in the lines {} and {}",
                                        places.size(), line_at(text, places[0]), line_at(text, places[1])),
                            "add lines around it, or set `all`");
  }
  if (text.size() + places.size() * after.size() > kMostEdited)
    return base::fail_input("edit", where, "the file would become larger than 32 MB");
  std::string edited;
  std::size_t done = 0;
  for (const std::size_t place : places) {
    edited.append(text, done, place - done);
    edited += after;
    done = place + before.size();
  }
  edited.append(text, done);
  FLEET_CHECK(editor_.write(path, edited));
  if (places.size() == 1) return fmt::format("Edited {} at line {}.", where, line_at(text, places[0]));
  return fmt::format("Edited {} in {} places.", where, places.size());
}

Result<std::string> ToolRun::apply_patch(const ToolArguments& arguments) {
  FLEET_TRY(const std::string patch, arguments.text("patch"));
  FLEET_TRY(const std::vector<text::FilePatch> files, text::parse_patch(patch));
  // First all that can be wrong, then the writing.
  std::map<std::string, std::optional<std::string>> results;
  for (const text::FilePatch& file : files) {
    const std::string& path = file.after.empty() ? file.before : file.after;
    FLEET_CHECK(check_writable(path));
    if (!file.before.empty() && !file.after.empty() && file.before != file.after)
      return base::fail_input("patch", git::quote_path(file.before), "a patch does not rename",
                              "use move_file first");
    if (results.contains(path))
      return base::fail_input("patch", git::quote_path(path), "the patch has it twice");
    std::string text;
    if (file.before.empty()) {
      FLEET_TRY(const model::TreeEntry entry, editor_.entry(path));
      if (entry.exists()) return base::fail_input("create", git::quote_path(path), "there is a file already");
    } else {
      FLEET_TRY(text, text_of(path));
    }
    if (file.hunks.empty() && !file.before.empty() && !file.after.empty())
      return base::fail_input("patch", git::quote_path(path), "it has no hunk");
    auto patched = text::apply_hunks(text, file.hunks);
    if (!patched) {
      Error error = std::move(patched).error();
      error.on += " to " + git::quote_path(path);
      error.hint = "nothing was changed; read the file, and write the patch anew, or use edit_file";
      return tl::make_unexpected(std::move(error));
    }
    if (file.after.empty() && !patched->empty()) {
      return base::fail_input("delete", git::quote_path(path), "the patch does not remove all that is in it",
                              "delete_file deletes a file");
    }
    if (file.after.empty())
      results[path] = std::nullopt;
    else
      results[path] = *std::move(patched);
  }
  // What fails here lies in the tree (a folder where a file should be), and is undone.
  const git::TreeEditor as_it_was = editor_;
  std::string answer;
  for (const auto& [path, text] : results) {
    auto done = text ? editor_.write(path, *text) : editor_.remove(path);
    if (!done) {
      editor_.set_back(as_it_was);
      return tl::make_unexpected(std::move(done).error());
    }
    answer += fmt::format("{} {}.\n", text ? "Patched" : "Deleted", git::quote_path(path));
  }
  return answer;
}

}  // namespace fleet::agents
