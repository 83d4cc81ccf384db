#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syntax/pattern.h"
#include "syntax/words.h"

// The inside of a Pattern, for the matcher and the rewriter.
namespace fleet::syntax {

inline constexpr std::uint32_t kNone = 0xffff'ffff;

enum class Role { code, one, many };

// In the order of a walk, like Tree's nodes; comments are left out.
struct PatternNode {
  Role role = Role::code;
  Kind kind = 0;
  std::uint32_t next = 0;
  std::string text;                 // of a leaf
  std::uint32_t variable = kNone;   // the index in Pattern::names()
  bool optional = false;            // a closing separator
  bool folded = false;              // the separator that belongs to a neighbouring `many`
  std::uint32_t separator = kNone;  // of a `many`: the folded node
  Span rendered;                    // in the text that was parsed
};

// The pattern as one way to read its text.
struct Reading {
  std::vector<PatternNode> nodes;
  std::vector<std::uint32_t> node_of_word;  // the leaf or metavariable that holds a word; kNone: in a comment
  std::vector<std::uint32_t> offset_in_node;  // where the word starts in it
};

struct Pattern::Compiled {
  Language language = Language::c;
  std::string text;
  std::vector<Word> words;  // of `text`
  std::vector<std::string> names;
  bool repeats_a_name = false;
  std::vector<Reading> readings;
  std::vector<std::string> needed;  // what a source must hold, longest first
  std::string cut;                  // the `;` or `,` at the end of the text, where it is no part of the node
};

}  // namespace fleet::syntax
