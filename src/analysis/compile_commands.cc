#include "analysis/compile_commands.h"

#include <fmt/format.h>

#include <filesystem>

#include "model/json.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxCompileCommands = std::size_t{256} << 20;

// As a shell splits it: quotes and backslashes, nothing else.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      in_word = true;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

// The value of a flag that may be one word with it or two; nothing when it is another flag.
std::optional<std::string> flag_value(const std::vector<std::string>& words, std::size_t& i,
                                      std::string_view flag) {
  if (words[i].compare(0, flag.size(), flag) != 0) return std::nullopt;
  if (words[i].size() > flag.size()) return words[i].substr(flag.size());
  if (i + 1 == words.size()) return std::nullopt;
  return words[++i];
}

// Headers of the system (-isystem) are left out: cppcheck knows the standard library without them, and
// reading them takes minutes.
CompileFlags compile_flags(const std::vector<std::string>& words, const std::string& root,
                           const std::string& folder) {
  CompileFlags flags;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (auto file = flag_value(words, i, "-include")) {
      flags.included.push_back(path_below(root, folder, *file));
    } else if (auto quoted = flag_value(words, i, "-iquote")) {
      flags.includes.push_back(path_below(root, folder, *quoted));
    } else if (auto include = flag_value(words, i, "-I")) {
      flags.includes.push_back(path_below(root, folder, *include));
    } else if (auto define = flag_value(words, i, "-D")) {
      flags.defines.push_back(*std::move(define));
    } else if (auto undefine = flag_value(words, i, "-U")) {
      flags.undefines.push_back(*std::move(undefine));
    } else if (words[i].compare(0, 5, "-std=") == 0) {
      flags.standard = words[i].substr(5);
    }
  }
  return flags;
}

std::string text_member(const model::Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::vector<std::string>> command_words(const model::Json& command) {
  const auto list = command.find("arguments");
  if (list == command.end()) {
    const std::string line = text_member(command, "command");
    if (line.empty()) return std::nullopt;
    return shell_words(line);
  }
  if (!list->is_array()) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& word : *list) {
    if (!word.is_string()) return std::nullopt;
    words.push_back(word.get<std::string>());
  }
  return words;
}

}  // namespace

std::string path_below(const std::string& root, const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  fs::path whole = fs::path(path);
  if (!whole.is_absolute()) whole = fs::path(folder) / whole;
  if (!whole.is_absolute()) whole = fs::path(root) / whole;
  std::string name = whole.lexically_normal().string();
  while (name.size() > 1 && name.back() == '/')
    name.pop_back();
  const std::string top = fs::path(root).lexically_normal().string();
  const std::string prefix = top.back() == '/' ? top : top + "/";
  if (name + "/" == prefix) return ".";
  return name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : name;
}

Result<CompileCommands> read_compile_commands(std::string_view json, const std::string& root,
                                              const std::string& name) {
  const char* const hint = "let the build system write it anew, or take it away: it is not needed";
  auto parsed = model::parse_json(json, name, kMaxCompileCommands);
  if (!parsed) return base::fail_input("read", name, parsed.error().why, hint);
  if (!parsed->is_array()) return base::fail_input("read", name, "it is no list of commands", hint);
  CompileCommands commands;
  for (std::size_t i = 0; i < parsed->size(); ++i) {
    const auto& command = (*parsed)[i];
    const std::string file = command.is_object() ? text_member(command, "file") : std::string();
    const auto words = file.empty() ? std::nullopt : command_words(command);
    if (!words) {
      return base::fail_input(
          "read", name, fmt::format("/{}: a command has `file`, and `arguments` or `command`", i), hint);
    }
    const std::string folder = text_member(command, "directory");
    const std::string path = path_below(root, folder, file);
    if (path.front() == '/') {
      ++commands.outside;
    } else {
      commands.files.emplace(path, compile_flags(*words, root, folder));
    }
  }
  return commands;
}

}  // namespace fleet::analysis
