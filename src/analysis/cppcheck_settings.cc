#include "analysis/cppcheck_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "os/files.h"
#include "text/ascii.h"
#include "xml/xml.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxSettings = 4 << 20;
constexpr std::uint64_t kMaxCommands = 256 << 20;
constexpr std::size_t kMaxEntries = 10'000;  // of each list

bool is_suppression_id(std::string_view id) {
  if (id == "*") return true;
  return !id.empty() && !text::is_ascii_digit(id.front()) && std::all_of(id.begin(), id.end(), [](char c) {
    return text::is_ascii_letter(c) || text::is_ascii_digit(c) ||
           std::string_view("_-.").find(c) != std::string_view::npos;
  });
}

// As cppcheck's own isValidGlobPattern(): wildcards never stand side by side.
bool is_suppression_file(std::string_view file) {
  const auto is_wildcard = [](char c) { return c == '*' || c == '?'; };
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (static_cast<unsigned char>(file[i]) < ' ') return false;
    if (i > 0 && is_wildcard(file[i]) && is_wildcard(file[i - 1])) return false;
  }
  return true;
}

// cppcheck takes all behind one of these for a comment, wherever it stands.
std::size_t comment_in_suppression(std::string_view line) {
  return std::min(line.find('#'), line.find("//"));
}

bool is_suppression(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  return is_suppression_id(line.substr(0, colon)) && is_suppression_file(line.substr(colon)) &&
         comment_in_suppression(line) == std::string_view::npos;
}

// False, with a remark, when the list is full.
template <class T>
bool add_entry(std::vector<T>& list, T entry, const std::string& name, CppcheckSettings& settings) {
  if (list.size() == kMaxEntries) {
    settings.remarks.add(fmt::format("{}: only the first {} entries of a list count", name, kMaxEntries));
    return false;
  }
  list.push_back(std::move(entry));
  return true;
}

// A name that cppcheck knows by itself, and not a file of the repository.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == '-';
  });
}

struct ProjectReader {
  const std::string& root;
  const std::string& name;
  CppcheckSettings& settings;
  std::vector<std::string> open;                  // elements
  std::map<std::string, std::string> attributes;  // of the innermost

  [[nodiscard]] bool within(std::string_view element) const {
    return std::find(open.begin(), open.end(), element) != open.end();
  }
  std::string of(const char* attribute) {
    return attributes.count(attribute) != 0 ? attributes[attribute] : std::string();
  }
  void remark(const std::string& what) { settings.remarks.add(fmt::format("{}: {}", name, what)); }
  // An empty one would mean the whole project, or take the next argument of cppcheck for its value.
  void add(std::vector<std::string>& list, std::string entry) {
    if (!entry.empty()) add_entry(list, std::move(entry), name, settings);
  }
  std::string path_of(const char* attribute) {
    const std::string path = of(attribute);
    return path.empty() ? path : path_below(root, root, path);
  }

  void opened(const std::string& element, const std::map<std::string, std::string>& given) {
    open.push_back(element);
    attributes = given;
    CompileFlags& flags = settings.everywhere;
    if (element == "dir" && within("includedir")) {
      add(flags.includes, path_of("name"));
    } else if (element == "define") {
      if (of("name").substr(0, 1) != "=") add(flags.defines, of("name"));
    } else if (element == "path" && (within("exclude") || within("ignore"))) {
      add(settings.excluded, path_of("name"));
    }
  }

  void closed(const std::string& element, const std::string& given) {
    const std::string words(text::trim(given));
    if (element == "undefine") {
      add(settings.everywhere.undefines, words);
    } else if (element == "library") {
      if (is_plain_name(words)) {
        add(settings.libraries, words);
      } else {
        remark(fmt::format("the library `{}` is a file of the project: not read", words));
      }
    } else if (element == "platform" && !words.empty() && words != "Unspecified") {
      if (is_plain_name(words)) {
        settings.platform = words;
      } else {
        remark(fmt::format("the platform `{}` is a file of the project: not read", words));
      }
    } else if (element == "suppression") {
      suppression(words);
    } else if ((element == "addon" || element == "tool") && !words.empty()) {
      remark(fmt::format("`{}` is a program that the project would have run: not started", words));
    } else if (element == "importproject" && !words.empty() &&
               words.find("compile_commands.json") == std::string::npos) {
      remark(fmt::format("`{}` is not read: only compile_commands.json is", words));
    }
    open.pop_back();
    attributes.clear();
  }

  void suppression(const std::string& id) {
    if (!of("symbolName").empty() || !of("hash").empty()) {
      return remark(
          fmt::format("the suppression of `{}` for one symbol or hash is not honoured: write it in "
                      "the code, // cppcheck-suppress {}",
                      id, id));
    }
    std::string line = id;
    if (!of("fileName").empty()) line += ":" + of("fileName");
    if (!of("fileName").empty() && !of("lineNumber").empty()) line += ":" + of("lineNumber");
    if (is_suppression(line)) {
      add(settings.suppressions, line);
    } else {
      remark(fmt::format("`{}` is no suppression of cppcheck's", line));
    }
  }
};

constexpr const char* kCommandFiles[] = {"compile_commands.json", "build/compile_commands.json"};

bool is_suppressions_file(std::string_view name) {
  static const std::set<std::string, std::less<>> names{
      ".cppcheck-suppressions", ".cppcheck-suppressions.txt", "cppcheck-suppressions.txt",
      ".cppcheck_suppressions", "suppressions.txt"};
  return names.contains(name);
}

bool is_outside(const std::string& root, const std::string& name, CppcheckSettings& settings) {
  if (os::leads_below(root, name)) return false;
  settings.remarks.add(name + ": not read, since it is a symlink that leads out of the project");
  return true;
}

bool is_project_file(std::string_view name) {
  constexpr std::string_view kEnding = ".cppcheck";
  return name.size() > kEnding.size() && name.ends_with(kEnding) && name.find('/') == name.npos;
}

}  // namespace

bool holds_cppcheck_settings(std::string_view path) {
  return is_suppressions_file(path) || is_project_file(path);
}

void add_suppressions(std::string_view lines, const std::string& name, CppcheckSettings& settings) {
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = text::trim(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    line = text::trim(line.substr(0, comment_in_suppression(line)));
    if (line.empty()) continue;
    if (!is_suppression(line)) {
      settings.remarks.add(fmt::format("{}:{}: `{}` is no suppression, which is written id:file:line", name,
                                       number, printable_line(line, 80)));
    } else if (!add_entry(settings.suppressions, std::string(line), name, settings)) {
      return;
    }
  }
}

Result<> add_project_file(std::string_view text, const std::string& root, const std::string& name,
                          CppcheckSettings& settings) {
  ProjectReader reader{root, name, settings, {}, {}};
  xml::Events events;
  events.opened = [&](const std::string& element, const xml::Attributes& attributes, std::uint32_t) {
    reader.opened(element, attributes);
  };
  events.closed = [&](const std::string& element, const std::string& words) {
    reader.closed(element, words);
  };
  if (const auto read = xml::read(text, events); !read) {
    return base::fail_input("read", name, fmt::format("line {}: {}", read.error().line, read.error().why),
                            "write it anew with cppcheck-gui, or take it away");
  }
  return {};
}

Result<CppcheckSettings> find_cppcheck_settings(const std::string& root) {
  CppcheckSettings settings;
  FLEET_TRY(const auto names, os::list_directory(root));
  bool has_project = false;
  for (const auto& name : names) {
    const bool is_project = is_project_file(name);
    if (!is_suppressions_file(name) && !is_project) continue;
    if (os::is_directory(fmt::format("{}/{}", root, name)) || is_outside(root, name, settings)) continue;
    if (is_project && has_project) {
      settings.remarks.add("not read, since there is another project file of cppcheck: " + name);
      continue;
    }
    FLEET_TRY(const auto bytes, os::read_file_below(root, name, kMaxSettings));
    settings.read.push_back(name);
    if (is_project) {
      has_project = true;
      FLEET_CHECK(add_project_file(bytes, root, name, settings));
    } else {
      add_suppressions(bytes, name, settings);
    }
  }
  FLEET_CHECK(add_compile_commands(root, settings));
  return settings;
}

Result<> add_compile_commands(const std::string& root, CppcheckSettings& settings) {
  for (const char* const file : kCommandFiles) {
    const std::string name = file;
    if (!os::exists(fmt::format("{}/{}", root, name)) || is_outside(root, name, settings)) continue;
    FLEET_TRY(const auto bytes, os::read_file_below(root, name, kMaxCommands));
    FLEET_TRY(settings.compile_commands, read_compile_commands(bytes, root, name));
    settings.read.push_back(name);
    if (settings.compile_commands.outside > 0) {
      settings.remarks.add(fmt::format("{}: {} commands are for files outside of {}", name,
                                       settings.compile_commands.outside, root));
    }
    break;
  }
  return {};
}

}  // namespace fleet::analysis
