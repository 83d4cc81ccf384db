#pragma once

#include <string_view>
#include <vector>

#include "syntax/language.h"
#include "syntax/rendering.h"
#include "syntax/tree.h"

struct TSLanguage;

// What the room knows of each language: one row a language, in grammar.cc.
namespace fleet::syntax {

// What makes a fragment of code a text that parses.
struct Surroundings {
  std::string_view before;
  std::string_view after;
};

struct Grammar {
  const TSLanguage* (*language)() = nullptr;
  std::vector<std::string_view> endings;  // of file names, lower case
  // In the order in which a pattern is tried in them.
  std::vector<Surroundings> fragments;
  // Further places where the same text is parsed as something else: names as types, declarations as members.
  // A pattern is looked for as both.
  std::vector<Surroundings> names_also_in;
  std::vector<Surroundings> declarations_also_in;
  // How a pattern is spelled where it does not parse with names for its metavariables.
  Spelling spelling = Spelling::names;
  // Nodes that hold statements and nothing else, not even braces.
  std::vector<std::string_view> bare_blocks;
};

[[nodiscard]] const Grammar& grammar_of(Language language);

// Nodes whose inside is not code: strings, in the widest sense.
[[nodiscard]] bool is_string(Language language, Kind kind);

}  // namespace fleet::syntax
