#include "os/command_line.h"

#include <algorithm>
#include <array>

namespace fleet::os {
namespace {

// Plain in every POSIX shell, wherever in a word they stand. `=` only after the first word.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./:@%+,=").find(c) != std::string_view::npos;
}

// What a shell acts on itself: reserved words, special and regular built-ins of POSIX, dash and bash. Those
// with a program of the same name too (`echo`, `test`): the program may behave differently.
constexpr auto kShellWords = std::to_array<std::string_view>(
    {".",      ":",       "alias",   "bg",       "bind",     "break",   "builtin", "caller",    "case",
     "cd",     "command", "compgen", "complete", "continue", "coproc",  "declare", "dirs",      "disown",
     "do",     "done",    "echo",    "elif",     "else",     "enable",  "esac",    "eval",      "exec",
     "exit",   "export",  "false",   "fc",       "fg",       "fi",      "for",     "function",  "getopts",
     "hash",   "help",    "history", "if",       "in",       "jobs",    "kill",    "let",       "local",
     "logout", "mapfile", "popd",    "printf",   "pushd",    "pwd",     "read",    "readarray", "readonly",
     "return", "select",  "set",     "shift",    "shopt",    "source",  "suspend", "test",      "then",
     "time",   "times",   "trap",    "true",     "type",     "typeset", "ulimit",  "umask",     "unalias",
     "unset",  "until",   "wait",    "while"});

}  // namespace

std::optional<std::vector<std::string>> split_plain_command(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  while (!line.empty() && (line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);
  for (const char c : line) {
    if (c == ' ' || c == '\t') {
      end_word();
    } else if (is_plain(c) && !(c == '=' && words.empty())) {
      word += c;
    } else {
      return std::nullopt;
    }
  }
  end_word();
  if (words.empty()) return std::nullopt;
  if (std::find(kShellWords.begin(), kShellWords.end(), words.front()) != kShellWords.end())
    return std::nullopt;
  return words;
}

}  // namespace fleet::os
