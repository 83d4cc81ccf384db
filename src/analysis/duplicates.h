#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/tree.h"

// Code that stands in several places; docs/metrics.md says exactly what counts.
namespace fleet::analysis {

struct DuplicateOptions {
  std::uint32_t min_tokens = 50;
  std::uint32_t min_lines = 6;
  // Names are alike whatever they are, and so are literals: else they must be the same.
  bool by_shape = false;
  // Of all files together, some 35 bytes each: a file that would go past it is left out.
  std::size_t max_tokens = 4'000'000;
};

// Lines of a file, counting from 1, both included.
struct DuplicatePlace {
  std::size_t file = 0;  // in Duplicates::files
  std::uint32_t line = 0;
  std::uint32_t end_line = 0;
  bool operator==(const DuplicatePlace&) const = default;
};

// Two or more places with the same run of tokens.
struct DuplicateGroup {
  std::uint32_t tokens = 0;
  std::vector<DuplicatePlace> places;  // in the order of files and lines
};

struct DuplicatesOfFile {
  std::string path;
  std::uint32_t lines = 0;
  std::uint32_t duplicated_lines = 0;  // in any group
  bool is_left_out = false;            // past the bound: not compared
};

struct Duplicates {
  std::vector<DuplicatesOfFile> files;  // as they were added
  std::vector<DuplicateGroup> groups;   // the longest first
  // Of the lines of all files that were compared, from 0 to 100.
  [[nodiscard]] double percentage() const;
};

// Finds the duplicates within the files that are added to it. Time and memory grow with their tokens,
// whatever they are. One thread at a time.
class DuplicateFinder {
 public:
  explicit DuplicateFinder(const DuplicateOptions& options = {});

  // Takes the file's tokens; the tree is not needed afterwards. `is_asked_for`: only groups with a place in
  // such a file are found, so that a change can be held against a whole tree.
  void add(const syntax::Tree& tree, std::string path, bool is_asked_for = true);

  [[nodiscard]] Duplicates find() const;

 private:
  struct Token {
    std::uint64_t number;  // the same for the same token
    std::uint32_t line, end_line;
  };
  struct File {
    std::string path;
    std::size_t first = 0, end = 0;  // in tokens_
    std::uint32_t lines = 0;
    bool is_asked_for = true, is_left_out = false;
  };
  // The same tokens from two places on.
  struct Pair {
    std::size_t earlier, later, length;
  };

  class Search;
  [[nodiscard]] std::vector<DuplicateGroup> grouped(const std::vector<Pair>& pairs) const;
  [[nodiscard]] DuplicatePlace place(std::size_t start, std::size_t length) const;

  DuplicateOptions options_;
  std::vector<Token> tokens_;
  std::vector<File> files_;
};

}  // namespace fleet::analysis
