#include "text/key_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "text/slug.h"
#include "text/utf8.h"

namespace fleet::text {
namespace {

class Reader {
 public:
  Reader(std::string_view content, std::string_view file) : rest_(content), file_(file) {}

  Result<std::map<std::string, std::string>> run() {
    if (rest_.size() > kMaxKeyValuesSize)
      return fail(fmt::format("it has {} bytes, {} are allowed", rest_.size(), kMaxKeyValuesSize));
    std::map<std::string, std::string> values;
    while (const auto line = next_line()) {
      if (line->empty()) continue;
      const std::size_t equals = line->find('=');
      const std::size_t heredoc = line->find("<<");
      const std::string_view name = line->substr(0, std::min(equals, heredoc));
      if (name.size() == line->size())
        return fail_line(fmt::format("`{}` is neither `name=value` nor `name<<DELIMITER`", shown(*line)));
      if (!is_task_id(name))
        return fail_line(fmt::format("`{}` cannot be the name of an output", shown(name)));
      std::string value;
      if (equals < heredoc) {
        value = line->substr(equals + 1);
      } else {
        FLEET_TRY(value, lines_until(line->substr(heredoc + 2)));
      }
      values.insert_or_assign(std::string(name), std::move(value));
      if (values.size() > kMaxKeyValues) return fail_line(fmt::format("more than {} outputs", kMaxKeyValues));
    }
    return values;
  }

 private:
  std::optional<std::string_view> next_line() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t newline = rest_.find('\n');
    std::string_view line = rest_.substr(0, newline);
    rest_.remove_prefix(newline == std::string_view::npos ? rest_.size() : newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    return line;
  }

  // The value keeps the ends of its lines as they are, but for the last.
  Result<std::string> lines_until(std::string_view delimiter) {
    if (delimiter.empty()) return fail_line("the delimiter after `<<` is missing");
    const std::size_t opened = line_;
    const char* const begin = rest_.data();
    const char* end = begin;
    for (auto line = next_line(); line; line = next_line()) {
      if (*line == delimiter) return std::string(begin, end);
      end = line->data() + line->size();
    }
    line_ = opened;
    return fail_line(fmt::format("the delimiter `{}` never comes", shown(delimiter)));
  }

  static std::string shown(std::string_view text) {
    constexpr std::size_t kWidth = 60;
    return truncate(printable(text, Newlines::escape), kWidth);
  }

  [[nodiscard]] tl::unexpected<Error> fail(std::string why) const {
    return base::fail_input("read the outputs in", std::string(file_), std::move(why));
  }
  [[nodiscard]] tl::unexpected<Error> fail_line(const std::string& why) const {
    return fail(fmt::format("line {}: {}", line_, why));
  }

  std::string_view rest_;
  std::string_view file_;
  std::size_t line_ = 0;
};

}  // namespace

Result<std::map<std::string, std::string>> parse_key_values(std::string_view content, std::string_view file) {
  return Reader(content, file).run();
}

}  // namespace fleet::text
