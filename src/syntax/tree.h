#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "syntax/language.h"

struct TSTree;

namespace fleet::syntax {

// What one call may cost, whatever the file holds.
struct Bounds {
  std::size_t max_bytes = 8u << 20;          // of a source, and of what it is rewritten to
  Duration time = std::chrono::seconds(10);  // of one parse
  std::uint64_t match_steps = 200'000'000;   // of one search: a count, so that no clock decides what is found
  const std::atomic<bool>* stop = nullptr;   // set by another thread to give up
  [[nodiscard]] bool is_stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
};
inline constexpr const char* kStopped = "it was told to stop";

// A place in a file as people count: from 1, columns in characters.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const Place&) const = default;
};
[[nodiscard]] Place place_at(std::string_view source, std::size_t offset);

// Bytes [start, end) of a source.
struct Span {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  bool operator==(const Span&) const = default;
  [[nodiscard]] std::string_view of(std::string_view source) const {
    return source.substr(start, end - start);
  }
};

// A number for a kind of node (`call_expression`, `identifier`, `(`), one numbering a language.
using Kind = std::uint16_t;

struct Node {
  Span span;
  std::uint32_t next = 0;  // the first node after this one and all below it
  Kind kind = 0;
  bool named : 1 = false;    // else a keyword or punctuation
  bool extra : 1 = false;    // may stand anywhere: a comment
  bool error : 1 = false;    // source that the parser did not understand
  bool missing : 1 = false;  // what the parser had to assume, of no length
  // A `,` or `;` after the last element of a list or at the end of a statement.
  bool closing_separator : 1 = false;
};

// A source text as its parser understood it. The nodes stand in the order of a walk (a parent before its
// children): children of `i` are `i + 1`, `nodes()[i + 1].next`, ... before `nodes()[i].next`. So a walk is a
// loop, and a tree of any depth needs no stack. A node with text that none of its children holds (a string
// around its escapes) is a leaf here. A value; it views the source, which must outlive it.
class Tree {
 public:
  // `parsed` is the parser's own tree, for queries (query.h); null where none will be asked.
  Tree(Language language, std::string_view source, std::vector<Node> nodes,
       std::shared_ptr<const TSTree> parsed = nullptr);

  [[nodiscard]] Language language() const { return language_; }
  [[nodiscard]] std::string_view source() const { return source_; }
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] std::string_view text(const Node& node) const { return node.span.of(source_); }
  [[nodiscard]] bool is_leaf(std::uint32_t index) const { return nodes_[index].next == index + 1; }

  // How badly it was understood: nodes within errors, and missing ones. Does not change with the length of
  // names.
  [[nodiscard]] std::size_t errors() const { return errors_; }
  // Of the bytes, from 0 to 1. A file with a share is never to be shown as clean.
  [[nodiscard]] double error_share() const;
  // The first error or missing node.
  [[nodiscard]] const Node* first_error() const;

  // Null where it was not kept.
  [[nodiscard]] const TSTree* parsed() const { return parsed_.get(); }

 private:
  Language language_;
  std::string_view source_;
  std::vector<Node> nodes_;
  std::shared_ptr<const TSTree> parsed_;
  std::size_t errors_ = 0;
  std::size_t error_bytes_ = 0;
};

// What of a parse stays. The parser's own tree takes about as much memory as the nodes again.
enum class Keep { nodes, nodes_and_parsed };

// Parses with a parser of the calling thread: any number of threads may call it. Source that is not of the
// language still makes a tree, with errors in it. Fails with Fault::input for a source past the bounds of
// size or time, and with Fault::world when it was stopped. In C and C++ export macros are taken for blanks
// (blank_macros.h).
[[nodiscard]] Result<Tree> parse(Language language, std::string_view source, const Bounds& bounds = {},
                                 Keep keep = Keep::nodes);

[[nodiscard]] std::string_view kind_name(Language language, Kind kind);
// Kinds are numbered below this; `ERROR` is none of them.
[[nodiscard]] Kind kind_count(Language language);

}  // namespace fleet::syntax
