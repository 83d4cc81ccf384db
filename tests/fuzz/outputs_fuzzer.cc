#include <map>
#include <optional>
#include <string>
#include <utility>

#include "fuzz/fuzz.h"
#include "text/key_values.h"
#include "text/slug.h"

// The file that a task writes its outputs to: read as a plain twin reads it, line by line, and what was read
// and is written again reads the same.
namespace fleet::fuzz {
namespace {

using Outputs = std::map<std::string, std::string>;

std::vector<std::string> all_lines(std::string_view content) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : content) {
    line += c;
    if (c == '\n') lines.push_back(std::exchange(line, {}));
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string without_end(std::string line) {
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

// Nothing where the content is to be refused.
std::optional<Outputs> read_slowly(std::string_view content) {
  const std::vector<std::string> lines = all_lines(content);
  Outputs outputs;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line = without_end(lines[i]);
    if (line.empty()) continue;
    std::size_t end = 0;
    while (end < line.size() && line[end] != '=' && line.compare(end, 2, "<<") != 0)
      ++end;
    const std::string name = line.substr(0, end);
    if (end == line.size() || !text::is_task_id(name)) return std::nullopt;
    if (line[end] == '=') {
      outputs[name] = line.substr(end + 1);
      continue;
    }
    const std::string delimiter = line.substr(end + 2);
    std::string value;
    for (++i; i < lines.size() && without_end(lines[i]) != delimiter; ++i)
      value += lines[i];
    if (i == lines.size() || delimiter.empty()) return std::nullopt;
    outputs[name] = without_end(value);
  }
  return outputs;
}

std::string write(const Outputs& outputs) {
  std::string content;
  for (const auto& [name, value] : outputs) {
    std::string delimiter = "END";
    while (value.find(delimiter) != value.npos)
      delimiter += 'X';
    content += name + "<<" + delimiter + "\n" + value + "\r\n" + delimiter + "\r\n";
  }
  return content;
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const std::string_view content = fuzz::text_of(data, size);
  const auto read = text::parse_key_values(content, "the outputs");
  if (content.size() > text::kMaxKeyValuesSize / 4) return 0;  // what bounds refuse, the twin would read
  const auto expected = fuzz::read_slowly(content);
  if (expected && expected->size() > text::kMaxKeyValues) return 0;
  fuzz::require(read.has_value() == expected.has_value(), "it is refused when it should be",
                read ? "read" : read.error().message());
  if (!read) return 0;
  fuzz::require(*read == *expected, "it is read as line by line");
  const auto again = text::parse_key_values(fuzz::write(*read), "the outputs");
  fuzz::require(again.has_value() && *again == *read, "what was read and is written reads the same");
  return 0;
}
