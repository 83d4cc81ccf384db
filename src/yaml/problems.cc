#include "yaml/problems.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "text/key_like.h"
#include "text/utf8.h"

namespace fleet::yaml {
namespace {

constexpr std::string_view kExpressionStart = "${{";

// Where a byte of a scalar's text stands in the source, if it can be told. Text and source differ in block
// and escaped scalars, but the k-th `${{` of one is the k-th of the other.
std::optional<std::size_t> place_in_source(std::string_view source, Node node, std::size_t offset) {
  const std::string_view text = node.text();
  std::size_t start = node.source_offset();
  if (start < source.size() && (source[start] == '"' || source[start] == '\'')) ++start;
  if (source.substr(start, text.size()) == text) return start + offset;
  std::size_t in_text = text.find(kExpressionStart);
  std::size_t in_source = source.find(kExpressionStart, start);
  while (in_text != std::string_view::npos && in_source != std::string_view::npos && in_text <= offset) {
    const std::size_t next = text.find(kExpressionStart, in_text + 1);
    if (next == std::string_view::npos || next > offset) {
      const std::string_view part = text.substr(in_text, offset - in_text + 1);
      if (source.substr(in_source, part.size()) != part) return std::nullopt;
      return in_source + (offset - in_text);
    }
    in_text = next;
    in_source = source.find(kExpressionStart, in_source + 1);
  }
  return std::nullopt;
}

}  // namespace

bool Problems::full() const {
  return count_ > kMostDiagnostics;
}

void Problems::add(Node at, std::string message, std::string suggestion) {
  if (++count_ > kMostDiagnostics) return;
  found_.push_back({path_, at.at(), at.length(), std::move(message), std::move(suggestion)});
}

void Problems::add_within(Node at, std::size_t offset, std::size_t length, std::string message,
                          std::string suggestion) {
  if (count_ >= kMostDiagnostics) {
    ++count_;
    return;
  }
  const std::string_view source = document_.source();
  const auto place = place_in_source(source, at, offset);
  if (!place) return add(at, std::move(message), std::move(suggestion));
  ++count_;
  const std::size_t line_end = std::min(source.find('\n', *place), source.size());
  const std::string_view part = source.substr(*place, std::min(length, line_end - *place));
  found_.push_back({path_, document_.location(*place),
                    std::max(1, static_cast<int>(text::count_codepoints(part))), std::move(message),
                    std::move(suggestion)});
}

void Problems::add_secret(Node at, std::string message, std::string suggestion) {
  add(at, std::move(message), std::move(suggestion));
  if (count_ <= kMostDiagnostics) found_.back().secret = true;
}

model::Diagnostics Problems::take() {
  const auto place = [](const model::Diagnostic& d) { return std::tie(d.at.line, d.at.column); };
  std::stable_sort(found_.begin(), found_.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  // A key in a place where a name was expected is found twice.
  found_.erase(std::unique(found_.begin(), found_.end(),
                           [](const auto& a, const auto& b) { return a.secret && b.secret && a.at == b.at; }),
               found_.end());
  if (count_ > kMostDiagnostics) {
    const model::Location last = found_.back().at;
    found_.push_back({path_, last, 1,
                      fmt::format("there are more errors: the first {} are shown", kMostDiagnostics),
                      "mend these first"});
  }
  return std::move(found_);
}

std::string quote(std::string_view text) {
  constexpr std::size_t kColumns = 60;
  const std::string line =
      text::without_api_keys(text::printable(text.substr(0, 4 * kColumns), text::Newlines::escape));
  return fmt::format("`{}`", text::truncate(line, kColumns));
}

}  // namespace fleet::yaml
