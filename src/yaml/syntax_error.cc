#include "yaml/syntax_error.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>

namespace fleet::yaml {
namespace {

struct Explanation {
  std::string_view said;  // what yaml-cpp's message begins with
  std::string_view message;
  std::string_view suggestion;
  char unclosed = 0;
};

namespace Said = YAML::ErrorMsg;

const Explanation kExplanations[] = {
    {Said::END_OF_MAP_FLOW, "the `{` before this is not closed", "add a `}` or the missing `,`", '{'},
    {Said::END_OF_SEQ_FLOW, "the `[` before this is not closed", "add a `]` or the missing `,`", '['},
    {Said::END_OF_MAP, "a `key: value` line was expected here",
     "indent it like the keys above, or add the `:`"},
    {Said::END_OF_SEQ, "a `- item` line was expected here", "indent it like the items above"},
    {Said::EOF_IN_SCALAR, "the file ends within a quoted text", "close the quote"},
    {Said::DOC_IN_SCALAR, "a new document begins within a quoted text",
     "close the quote, or indent the text"},
    {Said::TAB_IN_INDENTATION, "a tab cannot indent", "use spaces"},
    {Said::MAP_VALUE, "a `:` is one too many here", "put the text in quotes, or begin a new line"},
    {Said::MAP_KEY, "a `?` cannot stand here", "put the text in quotes"},
    {Said::BLOCK_ENTRY, "a `- item` cannot stand here", "begin a new line for it"},
    {Said::FLOW_END, "this bracket closes nothing that is open", "remove it, or put the text in quotes"},
    {Said::UNKNOWN_TOKEN, "a plain text cannot begin with this character", "put the text in quotes"},
    {Said::CHAR_IN_BLOCK, "nothing may follow `|` or `>` on its line", "begin the text on the next line"},
    {Said::UNKNOWN_ANCHOR, "this alias names no anchor", "a text that begins with `*` needs quotes"},
    {Said::ALIAS_NOT_FOUND, "a `*` begins an alias, but no name follows", "put the text in quotes"},
    {Said::ANCHOR_NOT_FOUND, "a `&` begins an anchor, but no name follows", "put the text in quotes"},
    {Said::INVALID_ESCAPE, "a `\\` in double quotes begins an escape that does not exist",
     "write `\\\\`, or use single quotes"},
    {Said::INVALID_HEX, "an escape needs more hexadecimal digits", "write `\\\\`, or use single quotes"},
    {Said::INVALID_UNICODE, "an escape names no character", ""},
};

}  // namespace

SyntaxError explain(std::string_view source, std::size_t offset, std::string_view said) {
  const std::size_t line_start = source.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t text = std::min(source.find_first_not_of(" \t", line_start), source.size());
  const std::size_t tab = source.find('\t', line_start);
  if (tab < text) return {tab, "a tab cannot indent", "use spaces"};
  for (const Explanation& known : kExplanations) {
    if (said.starts_with(known.said)) {
      return {offset, std::string(known.message), std::string(known.suggestion), known.unclosed};
    }
  }
  return {offset, std::string(said), ""};
}

}  // namespace fleet::yaml
