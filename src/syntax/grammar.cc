#include "syntax/grammar.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

extern "C" {
const TSLanguage* tree_sitter_c();
const TSLanguage* tree_sitter_cpp();
const TSLanguage* tree_sitter_javascript();
const TSLanguage* tree_sitter_python();
const TSLanguage* tree_sitter_tsx();
const TSLanguage* tree_sitter_typescript();
}

namespace fleet::syntax {
namespace {

constexpr Surroundings kWholeFile{"", "\n"};

const std::vector<Surroundings> kScriptFragments{
    kWholeFile,
    {"(", "\n)"},                  // an expression; an object, which a file would read as a block
    {"({ ", "\n})"},               // a property, a method
    {"class X { ", "\n}"},         // a member
    {"switch (x) { ", "\n}"},      // a clause
    {"class X { ", "\nx() {} }"},  // a decorator
};

const std::vector<Surroundings> kPythonFragments{
    kWholeFile,
    {"try:\n  pass\n", "\n"},   // except, finally
    {"if x:\n  pass\n", "\n"},  // elif, else
    {"match x:\n  ", "\n"},     // case
};

const std::vector<Surroundings> kCFragments{
    {"void f() { x = (", "\n); }"},  // an expression
    {"void f() { ", "\n}"},          // a statement
    {"void f() { ", ";\n}"},         // a statement without its semicolon
    kWholeFile,                      // a function, a directive
    {"struct X { ", "\n};"},         // a member
    {"void f() { switch (x) { ", "\n} }"},
};

const std::vector<std::string_view> kCppEndings{".cc",  ".cpp", ".cxx", ".c++", ".hh",  ".hpp",  ".hxx",
                                                ".h++", ".h",   ".inl", ".ipp", ".tpp", ".cppm", ".ixx"};

Grammar c_family(const TSLanguage* (*language)(), std::vector<std::string_view> endings) {
  Grammar grammar;
  grammar.language = language;
  grammar.endings = std::move(endings);
  grammar.fragments = kCFragments;
  grammar.names_also_in = {{"void f() { ", " x; }"}};
  grammar.declarations_also_in = {{"struct X { ", "\n};"}};
  grammar.spelling = Spelling::statements;
  return grammar;
}

Grammar script(const TSLanguage* (*language)(), std::vector<std::string_view> endings) {
  Grammar grammar;
  grammar.language = language;
  grammar.endings = std::move(endings);
  grammar.fragments = kScriptFragments;
  grammar.spelling = Spelling::modules;
  return grammar;
}

Grammar typed_script(const TSLanguage* (*language)(), std::vector<std::string_view> endings) {
  Grammar grammar = script(language, std::move(endings));
  grammar.fragments.push_back({"type X = ", ";"});
  grammar.fragments.push_back({"interface X { ", "\n}"});
  grammar.names_also_in = {{"type X = ", ";"}};
  return grammar;
}

Grammar python() {
  Grammar grammar;
  grammar.language = tree_sitter_python;
  grammar.endings = {".py", ".pyi", ".pyw"};
  grammar.fragments = kPythonFragments;
  grammar.bare_blocks = {"block"};
  return grammar;
}

// By the values of Language.
const auto& grammars() {
  static const std::array<Grammar, base::EnumNames<Language>::names.size()> all{
      c_family(tree_sitter_c, {".c", ".h"}),
      c_family(tree_sitter_cpp, kCppEndings),
      script(tree_sitter_javascript, {".js", ".mjs", ".cjs", ".jsx"}),
      python(),
      typed_script(tree_sitter_tsx, {".tsx"}),
      typed_script(tree_sitter_typescript, {".ts", ".mts", ".cts"}),
  };
  return all;
}

}  // namespace

const Grammar& grammar_of(Language language) {
  return grammars().at(static_cast<std::size_t>(language));
}

std::string_view kind_name(Language language, Kind kind) {
  const char* name = ts_language_symbol_name(grammar_of(language).language(), kind);
  return name == nullptr ? "ERROR" : name;
}

Kind kind_count(Language language) {
  return static_cast<Kind>(ts_language_symbol_count(grammar_of(language).language()));
}

bool is_string(Language language, Kind kind) {
  static const auto tables = [] {
    std::array<std::vector<bool>, base::EnumNames<Language>::names.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::uint32_t kinds = ts_language_symbol_count(grammars()[i].language());
      for (Kind each = 0; each < kinds; ++each)
        all[i].push_back(kind_name(static_cast<Language>(i), each).find("string") != std::string_view::npos);
    }
    return all;
  }();
  const auto& table = tables.at(static_cast<std::size_t>(language));
  return kind < table.size() && table[kind];
}

}  // namespace fleet::syntax
