#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "analysis/cppcheck.h"
#include "os/files.h"

// A folder with sources in it, and a cppcheck to try on them: the real one, or a script that misbehaves.
namespace fleet::analysis {

inline std::string path_variable() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "/usr/bin:/bin" : path;
}

struct CppcheckTest : testing::Test {
  os::TemporaryDirectory folder = os::TemporaryDirectory::create().value();
  std::string root = folder / "root";
  CppcheckOptions options;
  std::vector<CppcheckFile> files;

  CppcheckTest() {
    EXPECT_TRUE(os::make_directories(root));
    options.root = root;
    options.path_variable = path_variable();
  }

  void write(const std::string& path, const std::string& text) {
    const std::string whole = root + "/" + path;
    ASSERT_TRUE(os::make_directories(whole.substr(0, whole.rfind('/'))));
    ASSERT_TRUE(os::write_file_atomically(whole, text));
  }
  // Also to be checked.
  void add(const std::string& path, const std::string& text, CppLanguage language = CppLanguage::c) {
    write(path, text);
    files.push_back({path, language});
  }
  CppcheckReport run() {
    auto report = run_cppcheck(options, files);
    EXPECT_TRUE(report) << report.error().message();
    return report ? *std::move(report) : CppcheckReport{};
  }

  // A cppcheck that says it is version 2.10, and is otherwise this: `$files` are those it was given, `start`
  // prints that it looks at one, `empty` results without a finding. Each start of it adds a line to
  // starts.txt.
  void use_fake(const std::string& script) {
    const std::string program = folder / "fake-cppcheck";
    const std::string text = fmt::format(R"(#!/bin/sh
if [ "$1" = --version ]; then echo 'version' >> '{0}/versions.txt'; echo 'Cppcheck 2.10'; exit 0; fi
echo "$*" >> '{0}/starts.txt'
for argument; do case $argument in -*) ;; *) files="$files $argument" ;; esac; done
start() {{ echo "Checking $1 ..."; }}
top() {{ echo '<?xml version="1.0"?><results version="2"><cppcheck version="2.10"/><errors>' >&2; }}
end() {{ echo '</errors></results>' >&2; }}
empty() {{ for file in $files; do start "$file"; done; top; end; }}
{1}
)",
                                         folder.path(), script);
    ASSERT_TRUE(os::write_file_atomically(program, text, 0755));
    options.program = program;
  }
  [[nodiscard]] std::size_t lines_in(const std::string& name) const {
    const auto text = os::read_file(folder / name, 1 << 20);
    return text ? static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n')) : 0;
  }
  [[nodiscard]] std::size_t starts() const { return lines_in("starts.txt"); }
};

// `rule path:line`
inline std::vector<std::string> places(const std::vector<model::Finding>& findings) {
  std::vector<std::string> all;
  for (const auto& finding : findings)
    all.push_back(fmt::format("{} {}:{}", finding.rule, finding.path, finding.at.line));
  return all;
}

inline std::vector<std::string> outcomes(const CppcheckReport& report) {
  std::vector<std::string> all;
  for (const auto& file : report.files)
    all.emplace_back(fmt::format("{} {}", file.path, base::name_of(file.outcome)));
  return all;
}

}  // namespace fleet::analysis
