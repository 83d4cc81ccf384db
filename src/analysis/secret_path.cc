#include "analysis/secret_path.h"

#include <algorithm>
#include <string>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::string_view kSecretTestFolders[] = {
    "test",         "tests",         "testing",   "testdata",   "__tests__", "__mocks__",
    "__fixtures__", "fixture",       "fixtures",  "spec",       "specs",     "mock",
    "mocks",        "example",       "examples",  "sample",     "samples",   "demo",
    "demos",        "doc",           "docs",      "e2e",        "cypress",   "stories",
    "snapshots",    "__snapshots__", "benchmark", "benchmarks", "testcases"};

constexpr std::string_view kSecretLockFiles[] = {"package-lock.json",
                                                 "npm-shrinkwrap.json",
                                                 "yarn.lock",
                                                 "pnpm-lock.yaml",
                                                 "bun.lock",
                                                 "cargo.lock",
                                                 "poetry.lock",
                                                 "pipfile.lock",
                                                 "uv.lock",
                                                 "pdm.lock",
                                                 "composer.lock",
                                                 "gemfile.lock",
                                                 "go.sum",
                                                 "go.work.sum",
                                                 "flake.lock",
                                                 "deno.lock",
                                                 "mix.lock",
                                                 "pubspec.lock",
                                                 "podfile.lock",
                                                 "packages.lock.json",
                                                 "gradle.lockfile",
                                                 "cartfile.resolved",
                                                 "package.resolved"};

constexpr std::string_view kBareValueEndings[] = {
    "env",         "ini",     "cfg",        "conf",        "config",  "cnf",     "properties",
    "yml",         "yaml",    "toml",       "sh",          "bash",    "zsh",     "ksh",
    "txt",         "md",      "rst",        "log",         "csv",     "tsv",     "dockerfile",
    "npmrc",       "pypirc",  "netrc",      "service",     "tfvars",  "ldif",    "reg",
    "rdp",         "bat",     "cmd",        "http",        "rest",    "xml",     "ovpn",
    "credentials", "local",   "production", "development", "staging", "example", "sample",
    "template",    "dist",    "bak",        "old",         "orig",    "envrc",   "zshrc",
    "bashrc",      "profile", "pgpass",     "my",          "s3cfg",   "boto",    "git-credentials",
    "secret",      "secrets", "password",   "passwd",      "htpasswd"};

template <std::size_t N>
bool is_secret_path_word(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool has_test_name(std::string_view name) {
  if (name.starts_with("test_") || name.starts_with("test-") || name.starts_with("conftest")) return true;
  for (const std::string_view part :
       {"_test.", "-test.", ".test.", "_spec.", "-spec.", ".spec.", "tests.", ".stories.", ".snap",
        ".example", ".examples.", "-examples.", ".sample", ".template", "_tests."}) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

SecretPath read_secret_path(std::string_view path) {
  SecretPath about;
  const std::string lower = text::to_ascii_lower(path);
  const std::string_view whole = lower;
  std::size_t begin = 0;
  for (std::size_t slash = whole.find('/'); slash != std::string_view::npos; slash = whole.find('/', begin)) {
    const std::string_view folder = whole.substr(begin, slash - begin);
    about.is_test = about.is_test || is_secret_path_word(folder, kSecretTestFolders);
    for (const std::string_view part : {"locale", "i18n", "lang", "l10n", "translation", "nls"})
      about.is_translation = about.is_translation || folder.starts_with(part);
    begin = slash + 1;
  }
  const std::string_view name = whole.substr(begin);
  about.is_test = about.is_test || has_test_name(name);
  about.is_lock = is_secret_path_word(name, kSecretLockFiles) || name.ends_with(".map") ||
                  name.ends_with(".sum") || name.find(".min.") != std::string_view::npos ||
                  name.ends_with(".lock");
  about.is_translation = about.is_translation || name.ends_with(".po") || name.ends_with(".pot") ||
                         name.ends_with(".arb") || name.ends_with(".strings") || name.ends_with(".resx") ||
                         name.starts_with("messages") || name.starts_with("strings.");
  const std::size_t dot = name.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? name : name.substr(dot + 1);
  about.has_bare_values = dot == std::string_view::npos || is_secret_path_word(ending, kBareValueEndings) ||
                          name.starts_with(".env") || name.starts_with("dockerfile");
  return about;
}

}  // namespace fleet::analysis
