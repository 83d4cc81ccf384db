#include "analysis/compile_flags.h"

#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace fleet::analysis {
namespace {

// What takes the next word as its value, and says nothing of what is wanted here: the value is no flag.
constexpr std::array<std::string_view, 36> kWithOtherValue = {"-o",
                                                              "-x",
                                                              "-MF",
                                                              "-MT",
                                                              "-MQ",
                                                              "-MJ",
                                                              "-isystem",
                                                              "-idirafter",
                                                              "-isysroot",
                                                              "-iprefix",
                                                              "-iwithprefix",
                                                              "-iwithprefixbefore",
                                                              "-imultilib",
                                                              "-iframework",
                                                              "-ivfsoverlay",
                                                              "-include-pch",
                                                              "-include-pth",
                                                              "-Xlinker",
                                                              "-Xassembler",
                                                              "-Xarch_host",
                                                              "-Xanalyzer",
                                                              "-arch",
                                                              "-target",
                                                              "-framework",
                                                              "-mllvm",
                                                              "-T",
                                                              "-u",
                                                              "-L",
                                                              "-l",
                                                              "-z",
                                                              "-e",
                                                              "-aux-info",
                                                              "-dumpbase",
                                                              "--param",
                                                              "-internal-isystem",
                                                              "-internal-externc-isystem"};

bool takes_other_value(std::string_view word) {
  for (const std::string_view option : kWithOtherValue) {
    if (word == option) return true;
  }
  return false;
}

// Words that wrap others for one stage of the compiler are taken away.
std::vector<std::string> unwrapped(const std::vector<std::string>& words) {
  std::vector<std::string> plain;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "-Xclang" || word == "-Xpreprocessor") continue;
    if (word.substr(0, 4) != "-Wp,") {
      plain.emplace_back(word);
      continue;
    }
    for (std::string_view rest = word.substr(4); !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      plain.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return plain;
}

enum class Joined { yes, by_equals, no };

struct FlagName {
  std::string_view name;
  Joined joined;  // how a value may be part of the same word
};

// The value of a flag; nothing when the word is another. An empty value when there is none to take.
std::optional<std::string> flag_value(const std::vector<std::string>& words, std::size_t& i,
                                      const FlagName& flag) {
  const std::string_view word = words[i];
  if (word.substr(0, flag.name.size()) != flag.name) return std::nullopt;
  std::string_view rest = word.substr(flag.name.size());
  if (rest.empty()) return i + 1 < words.size() ? words[++i] : std::string();
  if (flag.joined == Joined::by_equals && rest.front() == '=') return std::string(rest.substr(1));
  return flag.joined == Joined::yes ? std::optional(std::string(rest)) : std::nullopt;
}

}  // namespace

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

// Headers of the system (-isystem) are left out: cppcheck knows the standard library without them, and
// reading them takes minutes.
CompileFlags compile_flags(const std::vector<std::string>& words, const std::string& root,
                           const std::string& folder) {
  CompileFlags flags;
  enum class Kind { include, included, define, undefine, standard };
  // Longer names before those that they begin with.
  static constexpr std::array<std::pair<FlagName, Kind>, 13> kFlags = {{
      {{"-include", Joined::yes}, Kind::included},
      {{"--include-directory", Joined::by_equals}, Kind::include},
      {{"--include", Joined::by_equals}, Kind::included},
      {{"-imacros", Joined::yes}, Kind::included},
      {{"-iquote", Joined::yes}, Kind::include},
      {{"-I", Joined::yes}, Kind::include},
      {{"--define-macro", Joined::by_equals}, Kind::define},
      {{"-D", Joined::yes}, Kind::define},
      {{"--undefine-macro", Joined::by_equals}, Kind::undefine},
      {{"-U", Joined::yes}, Kind::undefine},
      {{"-std=", Joined::yes}, Kind::standard},
      {{"--std=", Joined::yes}, Kind::standard},
      {{"--std", Joined::no}, Kind::standard},
  }};
  const auto take = [&](Kind kind, std::string value) {
    // As an argument of another program an empty value would take the next argument for it, and a NUL end it.
    if (value.empty() || value.find('\0') != std::string::npos) return;
    switch (kind) {
      case Kind::include:
        // `-I-` and `-I=sub` are not folders of the project.
        if (value != "-" && value.front() != '=') flags.includes.push_back(path_below(root, folder, value));
        break;
      case Kind::included:
        flags.included.push_back(path_below(root, folder, value));
        break;
      case Kind::define:
        if (value.front() != '=') flags.defines.push_back(std::move(value));
        break;
      case Kind::undefine:
        flags.undefines.push_back(std::move(value));
        break;
      case Kind::standard:
        flags.standard = std::move(value);
        break;
    }
  };
  const std::vector<std::string> plain = unwrapped(words);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (takes_other_value(plain[i])) {
      ++i;
      continue;
    }
    for (const auto& [flag, kind] : kFlags) {
      if (auto value = flag_value(plain, i, flag)) {
        take(kind, *std::move(value));
        break;
      }
    }
  }
  return flags;
}

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

}  // namespace fleet::analysis
