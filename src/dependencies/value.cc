#include "dependencies/value.h"

#include <fmt/format.h>

#include "text/utf8.h"
#include "yaml/document.h"

namespace fleet::dependencies {

const Value* Value::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (std::size_t i = members.size(); i-- > 0;) {
    if (members[i].key == key) return &members[i].value;
  }
  return nullptr;
}

const std::vector<Member>& Value::members_of(std::string_view key) const {
  static const std::vector<Member> kNone;
  const Value* value = find(key);
  return value == nullptr ? kNone : value->members;
}

std::string_view Value::string(std::string_view key) const {
  const Value* value = find(key);
  return value != nullptr && value->is_string() ? std::string_view(value->text) : std::string_view();
}

bool Value::is_true(std::string_view key) const {
  const Value* value = find(key);
  return value != nullptr && value->kind == Kind::boolean && value->text == "true";
}

model::Diagnostic unreadable(const std::string& path, std::size_t line, std::string_view why,
                             std::string suggestion) {
  model::Diagnostic diagnostic;
  diagnostic.path = path;
  diagnostic.at.line = static_cast<int>(line);
  diagnostic.message = fmt::format("cannot read it: {}", text::printable(why, text::Newlines::escape));
  diagnostic.suggestion = std::move(suggestion);
  return diagnostic;
}

namespace {

Value::Kind kind_of(yaml::Kind kind) {
  switch (kind) {
    case yaml::Kind::null:
      return Value::Kind::null;
    case yaml::Kind::boolean:
      return Value::Kind::boolean;
    case yaml::Kind::integer:
    case yaml::Kind::real:
      return Value::Kind::number;
    case yaml::Kind::string:
      return Value::Kind::string;
    case yaml::Kind::sequence:
      return Value::Kind::list;
    case yaml::Kind::mapping:
      break;
  }
  return Value::Kind::object;
}

// Depth is bounded by the document.
Value value_of(yaml::Node node) {
  Value value;
  value.kind = kind_of(node.kind());
  value.line = static_cast<std::uint32_t>(node.at().line);
  value.text = node.text();
  for (const yaml::Node item : node.items())
    value.members.push_back({{}, static_cast<std::uint32_t>(item.at().line), value_of(item)});
  for (const yaml::Entry entry : node.entries()) {
    value.members.push_back({std::string(entry.key.text()), static_cast<std::uint32_t>(entry.key.at().line),
                             value_of(entry.value)});
  }
  return value;
}

}  // namespace

ReadValue read_yaml(std::string_view bytes, const std::string& path) {
  const auto document = yaml::Document::parse(bytes);
  if (!document) {
    return tl::make_unexpected(
        unreadable(path, static_cast<std::size_t>(document.error().at.line), document.error().message));
  }
  return value_of(document->root());
}

}  // namespace fleet::dependencies
