#include "analysis/cppcheck_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>

#include "analysis/cppcheck_cache.h"
#include "analysis/cppcheck_libraries.h"
#include "analysis/cppcheck_stage.h"
#include "os/files.h"
#include "os/run_program.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

// cppcheck 2.10 refuses to start for a standard that it does not know; the newest it knows is as good for
// what came after.
std::string known_standard(std::string standard, CppLanguage language) {
  if (standard.compare(0, 3, "gnu") == 0) standard.replace(0, 3, "c");
  static const std::map<std::string, std::string> c{{"c89", "c89"}, {"c90", "c89"}, {"c99", "c99"},
                                                    {"c9x", "c99"}, {"c11", "c11"}, {"c1x", "c11"},
                                                    {"c17", "c11"}, {"c18", "c11"}};
  static const std::map<std::string, std::string> cpp{
      {"c++98", "c++03"}, {"c++03", "c++03"}, {"c++11", "c++11"}, {"c++0x", "c++11"}, {"c++14", "c++14"},
      {"c++1y", "c++14"}, {"c++17", "c++17"}, {"c++1z", "c++17"}, {"c++20", "c++20"}, {"c++2a", "c++20"}};
  const auto& known = language == CppLanguage::c ? c : cpp;
  const auto found = known.find(standard);
  return found == known.end() ? std::string() : found->second;
}

void add_flags(const CompileFlags& flags, std::vector<std::string>& arguments) {
  for (const auto& folder : flags.includes)
    arguments.push_back("-I" + CppcheckStage::staged(folder));
  for (const auto& file : flags.included)
    arguments.push_back("--include=" + CppcheckStage::staged(file));
  for (const auto& define : flags.defines)
    arguments.push_back("-D" + define);
  for (const auto& undefine : flags.undefines)
    arguments.push_back("-U" + undefine);
}

std::string first_line(std::string_view said) {
  std::string_view rest = text::trim(said);
  return text::printable(rest.substr(0, std::min<std::size_t>(rest.find('\n'), 200)));
}

// What a program said last that is not progress or a part of its results.
std::string telling_line(std::string_view said) {
  std::string_view telling;
  while (!said.empty()) {
    const std::size_t end = std::min(said.find('\n'), said.size());
    const std::string_view line = text::trim(said.substr(0, end));
    said.remove_prefix(std::min(end + 1, said.size()));
    const bool is_progress = line.substr(0, 9) == "Checking " || line.find("files checked") != line.npos;
    if (!line.empty() && line.front() != '<' && !is_progress) telling = line;
  }
  return text::printable(telling.substr(0, 200));
}

}  // namespace

Result<CppcheckProgram> find_cppcheck(const CppcheckOptions& options, const std::string& folder) {
  const std::string name = options.program.empty() ? "cppcheck" : options.program;
  auto path = os::executable_on_path(name, options.path_variable);
  if (!path) {
    return base::fail_world(
        "start", name, name.find('/') == std::string::npos ? "it is not on PATH" : "it cannot be executed",
        "install it (Debian: apt-get install cppcheck), or take it out of the analysis");
  }
  std::error_code trouble;
  *path = std::filesystem::absolute(*path, trouble).string();
  const CppcheckCache cache(options.cache, options.cache_bytes);
  if (auto version = cache.version(*path)) return CppcheckProgram{*path, *std::move(version)};
  auto spec = cppcheck_spec(options, *path, folder);
  spec.argv = {*path, "--version"};
  spec.time_limit = std::max<Duration>(options.file_limit, std::chrono::seconds(10));
  FLEET_TRY(const auto finished, os::run_program(std::move(spec), 4096));
  const char* const hint = "run `cppcheck --version` by hand: it must print `Cppcheck` and a number";
  if (const auto why = why_cppcheck_failed(finished.end, finished.err + finished.out); !why.empty()) {
    return base::fail_world("ask for the version of", *path, why, hint);
  }
  const std::string_view line = text::trim(finished.out);
  constexpr std::string_view kStart = "Cppcheck ";
  const std::string version(line.substr(std::min(kStart.size(), line.size())));
  const bool is_version = line.substr(0, kStart.size()) == kStart && !version.empty() &&
                          text::is_ascii_digit(version.front()) && version.size() < 40 &&
                          version.find('\n') == std::string::npos;
  if (!is_version) {
    return base::fail_world("ask for the version of", *path,
                            fmt::format("it printed `{}`", first_line(finished.out)), hint);
  }
  // A cache that cannot be written is said when results are kept.
  [[maybe_unused]] const auto kept = cache.keep_version(*path, version);
  return CppcheckProgram{*path, version};
}

os::ProcessSpec cppcheck_spec(const CppcheckOptions& options, const std::string& program,
                              const std::string& folder) {
  os::ProcessSpec spec;
  spec.argv = {program};
  spec.env = {{"PATH", options.path_variable}, {"LC_ALL", "C"}};
  spec.working_directory = folder;
  spec.sandbox = options.sandbox;
  spec.limits.data_bytes = options.memory;
  spec.grace = std::chrono::seconds(1);
  return spec;
}

std::vector<std::string> cppcheck_arguments(const CppcheckSettings& settings, const CppcheckFile& file,
                                            const std::set<std::string>& headers) {
  const CompileFlags* own = settings.compile_commands.of(file.path);
  // - One configuration: the others of a file with many #if cost as much again each, and cppcheck sees most
  // of
  //   the code without them.
  // - Not `style`, which is taste, nor `information`, which is about cppcheck. `error` is always on.
  std::vector<std::string> arguments{
      "--xml",           "--xml-version=2",
      "--max-configs=1", "--enable=warning,performance,portability",
      "--inline-suppr",  file.language == CppLanguage::c ? "--language=c" : "--language=c++"};
  std::set<std::string> libraries(settings.libraries.begin(), settings.libraries.end());
  for (std::string& library : cppcheck_libraries(headers))
    libraries.insert(std::move(library));
  for (const auto& library : libraries)
    arguments.push_back("--library=" + library);
  if (!settings.platform.empty()) arguments.push_back("--platform=" + settings.platform);
  add_flags(settings.everywhere, arguments);
  if (own != nullptr) {
    add_flags(*own, arguments);
    const std::string standard = known_standard(own->standard, file.language);
    if (!standard.empty()) arguments.push_back("--std=" + standard);
  }
  return arguments;
}

bool is_name_for_cppcheck(const std::string& path) {
  if (path.empty() || path.find("..") != std::string::npos || path.find("//") != std::string::npos)
    return false;
  return text::is_valid_utf8(path) && std::all_of(path.begin(), path.end(), [](char c) {
           return static_cast<unsigned char>(c) > ' '
                      ? std::string_view("\"'\\*?<>|\x7f").find(c) == std::string_view::npos
                      : c == ' ';
         });
}

bool is_excluded(const CppcheckSettings& settings, const std::string& path) {
  return std::any_of(settings.excluded.begin(), settings.excluded.end(), [&](const std::string& excluded) {
    return excluded == "." || path == excluded || path.compare(0, excluded.size() + 1, excluded + "/") == 0;
  });
}

std::string why_cppcheck_failed(const os::ProcessEnd& end, const std::string& said) {
  const std::string line = telling_line(said);
  const std::string printed = line.empty() ? "it did not say why" : fmt::format("it printed `{}`", line);
  switch (end.cause) {
    case os::EndCause::own:
      break;
    case os::EndCause::timed_out:
    case os::EndCause::idle:
      return "it took longer than its time limit";
    case os::EndCause::stopped:
      return "it was stopped";
  }
  if (end.signal)
    return fmt::format("signal {} ({}) ended it; {}", *end.signal, ::strsignal(*end.signal), printed);
  if (end.exit_status.value_or(0) != 0) {
    return fmt::format("it ended with exit status {}; {}", *end.exit_status, printed);
  }
  return {};
}

}  // namespace fleet::analysis
