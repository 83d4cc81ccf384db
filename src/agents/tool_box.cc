#include "agents/tool_box.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/tool_arguments.h"
#include "agents/tool_run.h"
#include "git/path.h"

namespace fleet::agents {
namespace {

struct Parameter {
  const char* name;
  const char* type;
  const char* description;
  bool is_required = false;
  std::vector<std::string> values{};
};

Tool make_tool(std::string_view name, std::string_view description,
               const std::vector<Parameter>& parameters) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Parameter& parameter : parameters) {
    Json property{{"type", parameter.type}, {"description", parameter.description}};
    if (!parameter.values.empty()) property["enum"] = parameter.values;
    properties[parameter.name] = std::move(property);
    if (parameter.is_required) required.push_back(parameter.name);
  }
  Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
  return {std::string(name), std::string(description), std::move(schema)};
}

constexpr const char* kPath = "path in the repository, relative to its root, such as src/main.cc";

std::vector<Tool> file_tools() {
  return {
      make_tool("list_files", "Lists the files of the repository, or of one folder, with all below it.",
                {{"folder", "string", "relative path; leave it out for the whole repository"},
                 {"glob", "string", "only paths that match this gitignore-style glob, such as *.ts"}}),
      make_tool("read_file", "Reads a text file, or some lines of it.",
                {{"path", "string", kPath, true},
                 {"start_line", "integer", "first line, from 1"},
                 {"end_line", "integer", "last line"}}),
      make_tool(
          "search",
          "Searches all files. Kinds: literal (exact text), regex (RE2, by lines), structural (code of a "
          "language in which $X stands for one node and $$$ARGS for any number of them).",
          {{"pattern", "string", "what to search for", true},
           {"kind", "string", "literal where it is left out", false, {"literal", "regex", "structural"}},
           {"language", "string",
            "of a structural search: typescript, tsx, javascript, python, c, cpp, go, "
            "java or rust"},
           {"glob", "string", "only in paths that match this gitignore-style glob"}}),
      make_tool(
          "edit_file",
          "Replaces an exact text in a file. The old text must stand there exactly once, unless `all` is "
          "true: give enough lines around it.",
          {{"path", "string", kPath, true},
           {"old_text", "string", "as it stands in the file, with all its blanks", true},
           {"new_text", "string", "what stands there afterwards", true},
           {"all", "boolean", "replace every place"}}),
      make_tool(
          "apply_patch",
          "Applies a unified diff (--- a/path, +++ b/path, @@ hunks with context) to one or more files: all "
          "of it, or nothing. /dev/null as a path creates or deletes a file.",
          {{"patch", "string", "the diff", true}}),
      make_tool("write_file", "Writes a whole file, new or not.",
                {{"path", "string", kPath, true}, {"text", "string", "all of its content", true}}),
      make_tool("delete_file", "Deletes a file.", {{"path", "string", kPath, true}}),
      make_tool("move_file", "Moves or renames a file.",
                {{"from", "string", kPath, true}, {"to", "string", kPath, true}}),
  };
}

Result<std::optional<text::GlobSet>> globs_of(const std::vector<model::Text>& list, std::string& shown) {
  std::vector<std::string> globs;
  globs.reserve(list.size());
  for (const model::Text& glob : list)
    globs.push_back(glob.value);
  for (const std::string& glob : globs)
    shown += (shown.empty() ? "" : ", ") + glob;
  if (shown.empty()) shown = "nothing";
  FLEET_TRY(text::GlobSet set, text::GlobSet::parse(globs));
  return std::optional(std::move(set));
}

}  // namespace

Result<ToolBox> ToolBox::create(const model::TaskSpec& task) {
  ToolBox box;
  if (!task.reads.empty()) {
    FLEET_TRY(box.reads_, globs_of(task.reads, box.reads_text_));
  }
  if (task.writes) {
    FLEET_TRY(box.writes_, globs_of(*task.writes, box.writes_text_));
  }
  box.tools_ = file_tools();
  if (!task.checks.empty()) {
    box.tools_.push_back(
        make_tool(kRunCheck,
                  "Runs one of the commands that must succeed in the end, on the files as they "
                  "are now. What it writes is thrown away.",
                  {{"number", "integer", "which one, from 1", true}}));
  }
  box.tools_.push_back(make_tool(kFinish, "Ends your work.",
                                 {{"summary", "string", "what you did, in one or two sentences", true},
                                  {"could_not", "string", "why the task cannot be done, if so"}}));
  return box;
}

bool ToolBox::may_write(std::string_view path) const {
  return !writes_ || writes_->matches(path);
}

// What it may write it may read, too.
bool ToolBox::may_read(std::string_view path) const {
  return !reads_ || reads_->matches(path) || (writes_ && writes_->matches(path));
}

Result<std::vector<std::string>> ToolBox::readable(const git::TreeEditor& editor,
                                                   std::string_view folder) const {
  FLEET_TRY(const std::vector<git::Listed> files,
            editor.list(folder, [this](std::string_view path) { return may_read(path); }));
  std::vector<std::string> paths;
  for (const git::Listed& file : files) {
    if (file.entry.is_file()) paths.push_back(file.path);
  }
  return paths;
}

Result<ToolResult> ToolBox::perform(const ToolCall& call, git::TreeEditor& editor,
                                    const std::atomic<bool>& stop) const {
  auto text = ToolRun(*this, editor, stop).perform(call);
  if (text) return ToolResult{call, *std::move(text), false};
  if (text.error().fault == base::Fault::world) return tl::make_unexpected(std::move(text).error());
  return ToolResult{call, text.error().message(), true};
}

std::string describe_call(const ToolCall& call) {
  const Json arguments = parse_json(call.arguments);
  std::string what;
  for (const char* name : {"path", "from", "pattern", "folder", "number", "summary"}) {
    const Json& value = member(arguments, name);
    if (value.is_string()) what = value.get<std::string>();
    if (value.is_number()) what = value.dump();
    if (!what.empty()) break;
  }
  const auto first = int_at(arguments, "start_line");
  const auto last = int_at(arguments, "end_line");
  if (first || last) what += fmt::format(" {}-{}", first.value_or(1), last ? std::to_string(*last) : "");
  if (const std::string to = text_at(arguments, "to"); !to.empty()) what += " -> " + to;
  return call.name + (what.empty() ? "" : " ") + what.substr(0, what.find('\n'));
}

}  // namespace fleet::agents
