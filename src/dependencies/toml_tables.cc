#include "dependencies/toml_tables.h"

#include <fmt/format.h>

#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

std::string taken(const std::string& key) {
  return fmt::format("`{}` is defined already", text::truncate(text::printable(key), 60));
}

}  // namespace

TomlTables::Id TomlTables::add(Value::Kind kind, std::uint32_t line) {
  Node node;
  node.kind = kind;
  node.line = line;
  nodes_.push_back(std::move(node));
  return static_cast<Id>(nodes_.size() - 1);
}

TomlTables::Id* TomlTables::find(Id table, const std::string& key) {
  const auto found = ids_.find({table, key});
  return found == ids_.end() ? nullptr : &found->second;
}

TomlTables::Id TomlTables::put_new(Id table, const std::string& key, Id value, std::uint32_t line) {
  nodes_[value].line_of_key = line;
  nodes_[table].members.emplace_back(key, value);
  ids_.emplace(std::make_pair(table, key), value);
  return value;
}

TomlTables::Wrong TomlTables::walk(const std::vector<std::string>& key, std::uint32_t line, Id& table) {
  table = kRoot;
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    const Id* found = find(table, key[i]);
    if (found == nullptr) {
      table = put_new(table, key[i], add(Value::Kind::object, line), line);
      continue;
    }
    table = *found;
    if (nodes_[table].is_array_of_tables) table = nodes_[table].members.back().second;
    if (nodes_[table].kind != Value::Kind::object || nodes_[table].is_closed) return taken(key[i]);
  }
  return {};
}

TomlTables::Wrong TomlTables::open_table(const std::vector<std::string>& key, std::uint32_t line, Id& table) {
  Id in = kRoot;
  if (Wrong wrong = walk(key, line, in); !wrong.empty()) return wrong;
  const Id* found = find(in, key.back());
  table = found != nullptr ? *found : put_new(in, key.back(), add(Value::Kind::object, line), line);
  Node& node = nodes_[table];
  if (node.kind != Value::Kind::object || node.is_closed || node.has_header || node.has_dots) {
    return taken(key.back());
  }
  node.has_header = true;
  node.line = line;
  return {};
}

TomlTables::Wrong TomlTables::open_item(const std::vector<std::string>& key, std::uint32_t line, Id& table) {
  Id in = kRoot;
  if (Wrong wrong = walk(key, line, in); !wrong.empty()) return wrong;
  const Id* found = find(in, key.back());
  if (found != nullptr && !nodes_[*found].is_array_of_tables) return taken(key.back());
  const Id list = found != nullptr ? *found : put_new(in, key.back(), add(Value::Kind::list, line), line);
  nodes_[list].is_array_of_tables = true;
  table = add(Value::Kind::object, line);
  nodes_[table].has_header = true;
  push(list, table);
  return {};
}

TomlTables::Wrong TomlTables::put(Id table, const std::vector<std::string>& key, Id value,
                                  std::uint32_t line) {
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    if (const Id* found = find(table, key[i])) {
      table = *found;
      const Node& node = nodes_[table];
      if (node.kind != Value::Kind::object || node.is_closed || node.has_header) return taken(key[i]);
    } else {
      table = put_new(table, key[i], add(Value::Kind::object, line), line);
    }
    nodes_[table].has_dots = true;
  }
  if (find(table, key.back()) != nullptr) return taken(key.back());
  put_new(table, key.back(), value, line);
  return {};
}

// As deep as keys and values were let nest.
Value TomlTables::take(Id id) {
  Node& node = nodes_[id];
  Value value;
  value.kind = node.kind;
  value.line = node.line;
  value.text = std::move(node.text);
  value.members.reserve(node.members.size());
  for (auto& [key, member] : node.members) {
    const std::uint32_t line =
        nodes_[member].line_of_key == 1 ? nodes_[member].line : nodes_[member].line_of_key;
    value.members.push_back({std::move(key), line, take(member)});
  }
  return value;
}

}  // namespace fleet::dependencies
