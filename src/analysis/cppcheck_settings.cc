#include "analysis/cppcheck_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/xml.h"
#include "os/files.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxSettings = 4 << 20;
constexpr std::uint64_t kMaxCommands = 256 << 20;

bool is_suppression(std::string_view line) {
  const std::string_view id = line.substr(0, line.find(':'));
  if (id.empty() || text::is_ascii_digit(id.front())) return false;
  if (line.find('\0') != std::string_view::npos) return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return text::is_ascii_letter(c) || text::is_ascii_digit(c) ||
           std::string_view("_-.*?").find(c) != std::string_view::npos;
  });
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
  void remark(std::string what) { settings.remarks.push_back(fmt::format("{}: {}", name, std::move(what))); }

  void opened(const std::string& element, const std::map<std::string, std::string>& given) {
    open.push_back(element);
    attributes = given;
    CompileFlags& flags = settings.everywhere;
    if (element == "dir" && within("includedir")) {
      flags.includes.push_back(path_below(root, root, of("name")));
    } else if (element == "define") {
      flags.defines.push_back(of("name"));
    } else if (element == "path" && (within("exclude") || within("ignore"))) {
      settings.excluded.push_back(path_below(root, root, of("name")));
    }
  }

  void closed(const std::string& element, const std::string& given) {
    const std::string words(text::trim(given));
    if (element == "undefine" && !words.empty()) {
      settings.everywhere.undefines.push_back(words);
    } else if (element == "library") {
      if (is_plain_name(words)) {
        settings.libraries.push_back(words);
      } else {
        remark(fmt::format("the library `{}` is a file of the project: not read", text::printable(words)));
      }
    } else if (element == "platform" && !words.empty() && words != "Unspecified") {
      if (is_plain_name(words)) {
        settings.platform = words;
      } else {
        remark(fmt::format("the platform `{}` is a file of the project: not read", text::printable(words)));
      }
    } else if (element == "suppression") {
      suppression(words);
    } else if ((element == "addon" || element == "tool") && !words.empty()) {
      remark(fmt::format("`{}` is a program that the project would have run: not started",
                         text::printable(words)));
    } else if (element == "importproject" && !words.empty() &&
               words.find("compile_commands.json") == std::string::npos) {
      remark(fmt::format("`{}` is not read: only compile_commands.json is", text::printable(words)));
    }
    open.pop_back();
    attributes.clear();
  }

  void suppression(const std::string& id) {
    if (!of("symbolName").empty() || !of("hash").empty()) {
      return remark(
          fmt::format("the suppression of `{}` for one symbol or hash is not honoured: write it in "
                      "the code, // cppcheck-suppress {}",
                      text::printable(id), text::printable(id)));
    }
    std::string line = id;
    if (!of("fileName").empty()) line += ":" + of("fileName");
    if (!of("fileName").empty() && !of("lineNumber").empty()) line += ":" + of("lineNumber");
    if (line.find('\n') == std::string::npos && is_suppression(line)) {
      settings.suppressions.push_back(line);
    } else {
      remark(fmt::format("`{}` is no id of a suppression", text::printable(id)));
    }
  }
};

}  // namespace

void add_suppressions(std::string_view lines, const std::string& name, CppcheckSettings& settings) {
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = text::trim(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    for (const std::string_view comment : {std::string_view(" #"), std::string_view(" //")})
      line = text::trim(line.substr(0, line.find(comment)));
    if (line.empty() || line.front() == '#' || line.substr(0, 2) == "//") continue;
    if (is_suppression(line)) {
      settings.suppressions.emplace_back(line);
    } else {
      settings.remarks.push_back(fmt::format("{}:{}: `{}` is no suppression, which is written id:file:line",
                                             name, number, text::printable(line.substr(0, 80))));
    }
  }
}

Result<> add_project_file(std::string_view xml, const std::string& root, const std::string& name,
                          CppcheckSettings& settings) {
  ProjectReader reader{root, name, settings, {}, {}};
  XmlEvents events;
  events.opened = [&](const std::string& element, const std::map<std::string, std::string>& attributes) {
    reader.opened(element, attributes);
  };
  events.closed = [&](const std::string& element, const std::string& words) {
    reader.closed(element, words);
  };
  if (auto read = read_xml(xml, name, events); !read) {
    return base::fail_input("read", name, read.error().why,
                            "write it anew with cppcheck-gui, or take it away");
  }
  return {};
}

Result<CppcheckSettings> find_cppcheck_settings(const std::string& root) {
  CppcheckSettings settings;
  FLEET_TRY(const auto names, os::list_directory(root));
  const std::set<std::string> lists{".cppcheck-suppressions", ".cppcheck-suppressions.txt",
                                    "cppcheck-suppressions.txt", ".cppcheck_suppressions",
                                    "suppressions.txt"};
  bool has_project = false;
  for (const auto& name : names) {
    const bool is_project = name.size() > 9 && name.substr(name.size() - 9) == ".cppcheck";
    if (lists.count(name) == 0 && !is_project) continue;
    if (os::is_directory(root + "/" + name)) continue;
    if (is_project && has_project) {
      settings.remarks.push_back(name + ": not read, since there is another project file of cppcheck");
      continue;
    }
    FLEET_TRY(const auto bytes, os::read_file(root + "/" + name, kMaxSettings));
    settings.read.push_back(name);
    if (is_project) {
      has_project = true;
      FLEET_CHECK(add_project_file(bytes, root, name, settings));
    } else {
      add_suppressions(bytes, name, settings);
    }
  }
  for (const std::string name : {"compile_commands.json", "build/compile_commands.json"}) {
    if (!os::exists(root + "/" + name)) continue;
    FLEET_TRY(const auto bytes, os::read_file(root + "/" + name, kMaxCommands));
    FLEET_TRY(settings.compile_commands, read_compile_commands(bytes, root, name));
    settings.read.push_back(name);
    if (settings.compile_commands.outside > 0) {
      settings.remarks.push_back(fmt::format("{}: {} commands are for files outside of {}", name,
                                             settings.compile_commands.outside, root));
    }
    break;
  }
  return settings;
}

}  // namespace fleet::analysis
