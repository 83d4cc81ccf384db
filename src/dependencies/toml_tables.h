#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dependencies/value.h"

// Inside toml.cc: the tables of a document while it is read, and what TOML lets be added to them.
namespace fleet::dependencies {

class TomlTables {
 public:
  using Id = std::uint32_t;
  static constexpr Id kRoot = 0;
  static constexpr std::size_t kMostKeyParts = 64;  // with it the depth of what headers and dots nest

  TomlTables() { add(Value::Kind::object, 1); }

  // A value without a place yet; it gets one by put().
  Id add(Value::Kind kind, std::uint32_t line);
  void set_text(Id id, std::string text) { nodes_[id].text = std::move(text); }
  // Nothing can be added to it once it is closed: arrays and tables that were written in one piece.
  void close(Id id) { nodes_[id].is_closed = true; }
  void push(Id list, Id item) { nodes_[list].members.emplace_back(std::string(), item); }

  // Each answers what is wrong; empty: nothing.
  using Wrong = std::string;
  // `[a.b.c]`: the table, made where it is not there.
  [[nodiscard]] Wrong open_table(const std::vector<std::string>& key, std::uint32_t line, Id& table);
  // `[[a.b.c]]`: a new table at the end of that array.
  [[nodiscard]] Wrong open_item(const std::vector<std::string>& key, std::uint32_t line, Id& table);
  // `a.b.c = value` in a table.
  [[nodiscard]] Wrong put(Id table, const std::vector<std::string>& key, Id value, std::uint32_t line);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] Value take(Id id = kRoot);

 private:
  struct Node {
    Value::Kind kind = Value::Kind::null;
    std::uint32_t line = 1;
    std::string text;
    std::vector<std::pair<std::string, Id>> members;
    std::uint32_t line_of_key = 1;
    bool is_closed = false;
    bool has_header = false;  // a header may define it no more
    bool has_dots = false;    // made by a dotted key: no header may define it
    bool is_array_of_tables = false;
  };

  [[nodiscard]] Id* find(Id table, const std::string& key);
  Id put_new(Id table, const std::string& key, Id value, std::uint32_t line);
  // The table of all but the last part, for a header.
  [[nodiscard]] Wrong walk(const std::vector<std::string>& key, std::uint32_t line, Id& table);

  std::vector<Node> nodes_;
  std::map<std::pair<Id, std::string>, Id> ids_;  // a hash could be made to collide
};

}  // namespace fleet::dependencies
