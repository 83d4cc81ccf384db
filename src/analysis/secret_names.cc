#include <algorithm>
#include <string_view>

#include "analysis/secret_assignment.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

// A word of a name begins and ends where letters do, or with a hump: `userPassword`.
bool is_name_hump(char before, char c) {
  return text::to_ascii_lower(c) != c && text::to_ascii_lower(before) == before;
}

enum class NameWordPart { whole, start };

// Whether a name has a word, or one that starts so, whatever its style: `TOKEN_TYPE`, `tokenType`.
bool name_has_word(std::string_view name, std::string_view word, NameWordPart part) {
  for (std::size_t at = 0; at + word.size() <= name.size(); ++at) {
    if (!text::equal_ignoring_case(name.substr(at, word.size()), word)) continue;
    const std::size_t end = at + word.size();
    const bool begins =
        at == 0 || !text::is_ascii_letter(name[at - 1]) || is_name_hump(name[at - 1], name[at]);
    const bool ends = part == NameWordPart::start || end == name.size() ||
                      !text::is_ascii_letter(name[end]) || is_name_hump(name[end - 1], name[end]);
    if (begins && ends) return true;
  }
  return false;
}

constexpr std::string_view kOtherTails[] = {
    "type",    "name",     "label",    "field",    "id",      "ids",     "url",      "uri",     "path",
    "file",    "dir",      "len",      "size",     "count",   "expir",   "ttl",      "life",    "regex",
    "pattern", "polic",    "err",      "mess",     "msg",     "title",   "text",     "hint",    "placeholder",
    "prompt",  "desc",     "help",     "input",    "class",   "select",  "format",   "algo",    "header",
    "param",   "prefix",   "suffix",   "endpoint", "hash",    "reset",   "valid",    "require", "strength",
    "visib",   "toggle",   "button",   "btn",      "icon",    "link",    "page",     "form",    "column",
    "attr",    "option",   "mode",     "kind",     "index",   "pos",     "start",    "end",     "line",
    "ref",     "arn",      "provider", "manager",  "service", "store",   "state",    "status",  "flow",
    "version", "scheme",   "encod",    "min",      "max",     "env",     "var",      "module",  "sep",
    "address", "owner",    "symbol",   "contract", "info",    "request", "response", "handler", "callback",
    "list",    "map",      "table",    "rule",     "digest",  "sum",     "change",   "forgot",  "confirm",
    "wrong",   "spec",     "schema",   "grant",    "scope",   "method",  "policy",   "limit",   "mask",
    "view",    "screen",   "less",     "rotation", "tooltip", "caption", "again",    "repeat",  "salt",
    "strateg", "location", "source",   "locator",  "xpath",   "element", "css",      "style",   "color",
    "event",   "audience", "issuer",   "resource"};

constexpr std::string_view kOtherHeads[] = {
    "public",    "csrf",    "xsrf",        "cancel",  "next",      "continuation", "publishable", "error",
    "invalid",   "forgot",  "reset",       "show",    "hide",      "no",           "is",          "has",
    "max",       "min",     "hash",        "hashed",  "foreign",   "design",       "color",       "syntax",
    "title",     "label",   "wrong",       "missing", "required",  "enter",        "sort",        "partition",
    "encrypted", "message", "placeholder", "page",    "incorrect", "bad",          "empty",       "stop"};

}  // namespace

bool names_another_thing(const SecretAssignment& assignment) {
  const auto in_tail = [&](std::string_view word) {
    return name_has_word(assignment.tail, word, NameWordPart::start);
  };
  const auto in_head = [&](std::string_view word) {
    return name_has_word(assignment.head, word, NameWordPart::whole);
  };
  return std::any_of(std::begin(kOtherTails), std::end(kOtherTails), in_tail) ||
         std::any_of(std::begin(kOtherHeads), std::end(kOtherHeads), in_head);
}

}  // namespace fleet::analysis
