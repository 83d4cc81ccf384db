#include "analysis/json_input.h"

#include <fmt/format.h>

#include "analysis/remarks.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxJsonDepth = 200;
constexpr std::size_t kMaxJsonValues = 4'000'000;

// Of text that may be no JSON; empty: nothing is.
std::string what_is_too_much(std::string_view text) {
  std::size_t depth = 0, values = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++values;
      if (++depth > kMaxJsonDepth) return fmt::format("it is nested deeper than {}", kMaxJsonDepth);
    } else if (c == ',') {
      if (++values > kMaxJsonValues) return fmt::format("it holds more than {} values", kMaxJsonValues);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return {};
}

std::string pointer_part(const std::string& name) {
  std::string part = "/";
  for (const char c : printable_line(name, 100))
    part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return part;
}

// Looked for only once something is wrong: reading need not carry places along. Depth is bounded above.
std::optional<std::string> pointer_to(const model::Json& in, const model::Json* wanted) {
  if (&in == wanted) return std::string();
  if (!in.is_structured()) return std::nullopt;
  std::size_t index = 0;
  for (auto item = in.begin(); item != in.end(); ++item, ++index) {
    if (const auto rest = pointer_to(*item, wanted)) {
      return pointer_part(in.is_object() ? item.key() : std::to_string(index)) + *rest;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<model::Json> parse_foreign_json(std::string_view text, const std::string& name,
                                       std::size_t max_bytes) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (text.size() <= max_bytes) {
    if (auto why = what_is_too_much(text); !why.empty()) {
      return base::fail_input("read", name, std::move(why), "let the tool look at less at a time");
    }
  }
  auto json = model::parse_json(text, name, max_bytes);
  if (!json) {
    return base::fail_input("read", name, printable_line(json.error().why, 300),
                            "run the tool that wrote it again; it may have been stopped while it did");
  }
  return json;
}

const model::Json* JsonInput::find(const model::Json& of, const char* member) {
  const auto found = of.find(member);
  return found == of.end() || found->is_null() ? nullptr : &*found;
}

const model::Json* JsonInput::object(const model::Json& of, const char* member) {
  const auto* found = find(of, member);
  if (found == nullptr || found->is_object()) return found;
  wrong(of, member, "an object is expected");
  return nullptr;
}

const model::Json& JsonInput::list(const model::Json& of, const char* member) {
  static const model::Json kNone = model::Json::array();
  const auto* found = find(of, member);
  if (found == nullptr) return kNone;
  if (found->is_array()) return *found;
  wrong(of, member, "a list is expected");
  return kNone;
}

std::string_view JsonInput::text(const model::Json& of, const char* member) {
  const auto* found = find(of, member);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get_ref<const std::string&>();
  wrong(of, member, "a string is expected");
  return {};
}

std::optional<std::uint32_t> JsonInput::number(const model::Json& of, const char* member) {
  const auto* found = find(of, member);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number()) {
    wrong(of, member, "a number is expected");
    return std::nullopt;
  }
  const double value = found->get<double>();
  if (value == -1) return std::nullopt;
  if (!(value >= 0 && value <= 2'000'000'000) ||
      value != static_cast<double>(static_cast<std::int64_t>(value))) {
    wrong(of, member, "a whole number from 0 to 2000000000 is expected");
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

void JsonInput::wrong(const model::Json& at, const std::string& member, std::string why) {
  if (is_wrong_) return;
  is_wrong_ = true;
  pointer_ = pointer_to(document_, &at).value_or(std::string());
  if (!member.empty()) pointer_ += pointer_part(member);
  why_ = std::move(why);
}

Result<> JsonInput::verdict(const std::string& name, const std::string& hint) const {
  if (!is_wrong_) return {};
  return base::fail_input("read", name,
                          fmt::format("at {}: {}", pointer_.empty() ? "the top" : pointer_, why_), hint);
}

}  // namespace fleet::analysis
