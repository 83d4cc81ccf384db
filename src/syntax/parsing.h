#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "syntax/tree.h"

struct TSTree;

// The parser's own tree, for this room: the flat one (tree.h) is made of it, and queries run on it.
namespace fleet::syntax {

struct DeleteTree {
  void operator()(TSTree* tree) const;
};

struct Parsed {
  std::unique_ptr<TSTree, DeleteTree> tree;
  std::optional<std::string> blanked;  // what was parsed, where it is not the source itself (blank_macros.h)

  [[nodiscard]] std::string_view input(std::string_view source) const {
    return blanked ? std::string_view(*blanked) : source;
  }
};

// Fails as parse() does.
[[nodiscard]] Result<Parsed> parse_whole(Language language, std::string_view source, const Bounds& bounds);

}  // namespace fleet::syntax
