#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/document.h"

namespace fleet::yaml {

// Thrown to stop reading; caught in Document::parse and never seen outside this room.
struct Stop {
  std::size_t offset;
  int length;
  std::string message;
  std::string suggestion;
};

// Turns a parser's events into the records of a Document, and keeps the bounds: every member may throw Stop.
// Offsets are bytes of the source; anchors are numbers from 1, 0 is none; tags are written out, `?` for a
// plain value and `!` for a quoted one.
class Builder {
 public:
  Builder(Document& document, std::size_t start) : document_(document), newest_(start) {}

  void begin_document(std::size_t offset);
  void add_null(std::size_t offset, std::size_t anchor);
  void add_alias(std::size_t offset, std::size_t anchor);
  void add_scalar(std::size_t offset, const std::string& tag, std::size_t anchor, const std::string& value);
  void open(Kind kind, std::size_t offset, const std::string& tag, std::size_t anchor);
  void close();

  // Where the innermost collection began that is open and begins with this bracket.
  [[nodiscard]] std::optional<std::size_t> opened_by(char bracket) const;
  // Where the newest value began.
  [[nodiscard]] std::size_t newest() const { return newest_; }

 private:
  // What an alias to a value adds to the tree.
  struct Weight {
    std::size_t nodes = 1;  // itself included
    std::size_t height = 1;
  };
  struct Open {
    std::uint32_t index;
    std::size_t anchor;
    Weight weight;
    bool mapping;
    bool key_next;
  };
  struct Anchor {
    std::uint32_t index = 0;
    Weight weight;
    bool complete = false;
  };

  std::uint32_t add(std::size_t offset, Kind kind);
  void weigh(Weight weight);
  void name(std::size_t anchor, std::uint32_t index, Weight weight, bool complete);
  void check_tag(std::size_t offset, const std::string& tag, std::string_view allowed) const;

  Document& document_;
  bool started_ = false;
  std::vector<Open> open_;
  std::vector<Anchor> anchors_;
  std::size_t expanded_ = 0;

  std::size_t newest_;  // lines and columns are counted up to here
  std::uint32_t line_ = 1, column_ = 1;
};

}  // namespace fleet::yaml
