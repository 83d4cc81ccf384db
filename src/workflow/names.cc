#include "workflow/names.h"

#include <algorithm>

#include "text/glob.h"
#include "text/slug.h"

namespace fleet::workflow {
namespace {

// What is left of a name when the characters that cannot stand in an id are dashes.
std::string nearest_id(std::string_view name) {
  std::string id;
  for (const char c : name.substr(0, text::kMaxTaskId)) {
    if (text::is_task_id(id + c)) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (id.ends_with('-'))
    id.pop_back();
  return id;
}

}  // namespace

bool check_is_name(Reader& reader, yaml::Node node) {
  if (node.kind() != yaml::Kind::boolean) return true;
  reader.problems.add(node, fmt::format("expected a name, found the truth value {}", quote(node.text())),
                      fmt::format("if this is its name, write `\"{}\"`", node.text()));
  return false;
}

bool check_environment_name(Reader& reader, yaml::Node node) {
  const std::string_view name = node.text();
  const bool valid =
      !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
  if (!valid) {
    reader.problems.add(node, fmt::format("{} cannot name an environment variable", quote(name)),
                        "use letters, digits and `_`, and begin with no digit");
  } else if (name.starts_with("FLEET_")) {
    reader.problems.add(node, fmt::format("{}: names that begin with FLEET_ are given by fleet", quote(name)),
                        "choose another name");
  } else {
    return true;
  }
  return false;
}

bool check_id(Reader& reader, yaml::Node node, std::string_view what) {
  const std::string_view id = node.text();
  if (text::is_task_id(id)) return true;
  const std::string nearest = nearest_id(id);
  reader.problems.add(
      node, fmt::format("{} cannot name {}", quote(id), what),
      fmt::format("use letters, digits, `-` and `_`, at most {}, and begin with a letter or `_`{}",
                  text::kMaxTaskId, nearest.empty() ? "" : fmt::format(": `{}`", nearest)));
  return false;
}

bool check_path(Reader& reader, yaml::Node node) {
  std::string_view path = node.text();
  std::string why;
  if (path.starts_with('/')) why = "it is absolute";
  if (path.starts_with("~")) why = "it begins with `~`";
  while (!path.empty() && why.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty()) why = "it has two slashes in a row";
    if (part == "..") why = "it leads out of the repository";
    if (part == ".") why = "it has a `.` for a part";
    if (part == ".git") why = "`.git` is not part of the repository's files";
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  if (node.text().find('*') != std::string_view::npos) why = "it is a glob, and one path is asked for";
  if (why.empty()) return true;
  reader.problems.add(node, fmt::format("{} cannot be used as a path: {}", quote(node.text()), why),
                      "write a path relative to the repository's root, such as `src/main.cc`");
  return false;
}

bool check_glob(Reader& reader, yaml::Node node) {
  const auto globs = text::GlobSet::parse({std::string(node.text())});
  if (globs) return true;
  reader.problems.add(node, fmt::format("{} is not a glob: {}", quote(node.text()), globs.error().why),
                      globs.error().hint);
  return false;
}

}  // namespace fleet::workflow
