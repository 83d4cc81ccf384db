#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "model/diagnostic.h"

// YAML text as a tree of values that know their place. Reads YAML 1.2 as its core schema has it: `yes` and
// `on` are strings, merge keys (`<<`) are ordinary keys, and keys are scalars.
namespace fleet::yaml {

// What a file may cost. Past any of these, reading stops with one diagnostic.
inline constexpr std::size_t kMostBytes = 8u << 20;         // of the file
inline constexpr std::size_t kMostBytesOfValue = 2u << 20;  // of one flow collection, scalar or comment
inline constexpr std::size_t kMostDepth = 64;               // of nesting, aliases expanded
inline constexpr std::size_t kMostNodes = 2'000'000;        // keys and values, aliases not expanded
inline constexpr std::size_t kMostAnchors = 10'000;
inline constexpr std::size_t kMostExpandedNodes = 100'000;  // that aliases add

enum class Kind : std::uint8_t { null, boolean, integer, real, string, sequence, mapping };

class Document;
struct Entry;
template <class T>
class Children;

// A key or value: a cheap handle, good as long as its Document lives and stays where it is. An alias shows
// what it stands for, at the alias's own place.
class Node {
 public:
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind() < Kind::sequence && kind() != Kind::null; }
  [[nodiscard]] bool is_sequence() const { return kind() == Kind::sequence; }
  [[nodiscard]] bool is_mapping() const { return kind() == Kind::mapping; }

  // Of a scalar: its text as written (`1.10` stays `1.10`), quotes, escapes and folding undone. Else empty.
  [[nodiscard]] std::string_view text() const;

  [[nodiscard]] model::Location at() const;
  // Characters to underline from at(), all on its first line, quotes included. Looks at the source: for
  // diagnostics.
  [[nodiscard]] int length() const;
  // The first byte of the scalar itself in the source, past anchor and tag. Looks at the source: for
  // diagnostics.
  [[nodiscard]] std::size_t source_offset() const;

  [[nodiscard]] bool empty() const;            // a collection with nothing in it
  [[nodiscard]] std::size_t size() const;      // of a collection: items or entries, counted
  [[nodiscard]] Children<Node> items() const;  // of a sequence; else none
  [[nodiscard]] Children<Entry> entries()
      const;  // of a mapping, in the file's order, doubled keys included; else none

 private:
  friend class Document;
  friend class Children<Node>;
  friend class Children<Entry>;
  Node(const Document* document, std::uint32_t place, std::uint32_t content)
      : document_(document), place_(place), content_(content) {}

  const Document* document_;
  std::uint32_t place_;    // where it stands
  std::uint32_t content_;  // what it is: the same, but for an alias
};

struct Entry {
  Node key;
  Node value;
};

// The items of a sequence or the entries of a mapping, to be walked with `for`.
template <class T>
class Children {
 public:
  class Iterator {
   public:
    Iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
    T operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Document* document_;
    std::uint32_t index_;
  };

  Children(const Document* document, std::uint32_t first, std::uint32_t last)
      : document_(document), first_(first), last_(last) {}
  [[nodiscard]] Iterator begin() const { return {document_, first_}; }
  [[nodiscard]] Iterator end() const { return {document_, last_}; }

 private:
  const Document* document_;
  std::uint32_t first_, last_;
};

struct DoubledKey {
  Node first;
  Node again;
};

// What parse() made of a source, as flat data that can be kept with it. Of this build: another may have
// another form.
struct Flat {
  std::vector<std::uint32_t> records;
  std::string pool;
};
struct FlatView {
  std::span<const std::uint32_t> records;  // empty: there is nothing
  std::string_view pool;
};

// One YAML document. Immutable once read, so any thread may look. Costs 32 bytes a key or value.
class Document {
 public:
  // What is wrong comes with its place, the path left empty. `source` must outlive the document and is not
  // copied.
  [[nodiscard]] static tl::expected<Document, model::Diagnostic> parse(std::string_view source);

  // For a file that comes with the program: it is parsed when that is built, and only put together when it is
  // read. `view` is what flat() gave for the same source, which is not checked.
  [[nodiscard]] Flat flat() const;
  [[nodiscard]] static Document restore(std::string_view source, const FlatView& view);

  [[nodiscard]] Node root() const { return at_index(0); }
  // Keys that a mapping holds twice, in the file's order. Nodes are handles to this document.
  [[nodiscard]] std::vector<DoubledKey> doubled_keys() const;
  [[nodiscard]] std::string_view source() const { return source_; }
  // The place of a byte of the source. Counts from the start of its line: for diagnostics.
  [[nodiscard]] model::Location location(std::size_t offset) const;

 private:
  friend class Node;
  friend class Children<Node>;
  friend class Children<Entry>;
  friend class Builder;

  // In preorder: a collection's content follows it, up to `end`.
  struct Record {
    std::uint32_t offset;  // of its first byte (anchor and tag included) in the source
    std::uint32_t line, column;
    std::uint32_t end;          // the index past its content; of an alias: the index of what it stands for
    std::uint32_t text_offset;  // in the source or in `pool_`
    std::uint32_t text_size;
    Kind kind;
    bool alias;
    bool pooled;
  };

  explicit Document(std::string_view source) : source_(source) {}
  [[nodiscard]] Node at_index(std::uint32_t index) const {
    return {this, index, records_[index].alias ? records_[index].end : index};
  }
  [[nodiscard]] std::uint32_t after(std::uint32_t index) const {
    return records_[index].alias ? index + 1 : records_[index].end;
  }

  std::string_view source_;
  std::vector<Record> records_;
  std::string pool_;  // texts that differ from their source: escaped, folded, indented
};

}  // namespace fleet::yaml
