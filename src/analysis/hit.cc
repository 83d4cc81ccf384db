#include "analysis/hit.h"

#include <algorithm>
#include <map>

#include "syntax/layout.h"
#include "syntax/words.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kExcerptColumns = 160;
constexpr std::size_t kCaptureColumns = 60;

std::string shortened(std::string_view code, std::size_t columns) {
  // Past this many bytes nothing is shown, whatever they are.
  const std::string line = text::printable(code.substr(0, columns * 4), text::Newlines::escape);
  return text::truncate(line, columns);
}

// The line that a span begins on, from well before the span where the line is long.
std::string excerpt_of(std::string_view source, syntax::Span span) {
  const std::size_t line_start = span.start == 0 ? 0 : source.rfind('\n', span.start - 1) + 1;
  constexpr std::size_t kBefore = 80;
  std::size_t start = span.start - line_start > kExcerptColumns ? span.start - kBefore : line_start;
  while (start < span.start && (static_cast<unsigned char>(source[start]) & 0xc0) == 0x80)
    ++start;
  const std::size_t end = std::min(source.find('\n', span.start), source.size());
  return shortened(text::trim(source.substr(start, end - start)), kExcerptColumns);
}

}  // namespace

std::vector<model::Finding> to_findings(const SourceFile& file, std::vector<Hit> hits) {
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.span.start != b.span.start ? a.span.start < b.span.start : a.rule->id < b.rule->id;
  });
  std::map<std::uint32_t, syntax::Place> places;
  for (const Hit& hit : hits) {
    places[hit.span.start];
    places[hit.span.end];
  }
  syntax::PlaceCounter counter(file.text);
  for (auto& place : places)
    place.second = counter.at(place.first);

  std::vector<model::Finding> findings;
  for (Hit& hit : hits) {
    model::Finding& finding = findings.emplace_back();
    finding.rule = hit.rule->id;
    finding.severity = hit.rule->severity;
    finding.confidence = hit.rule->confidence;
    finding.message = std::move(hit.message);
    finding.path = file.path;
    const syntax::Place start = places[hit.span.start];
    const syntax::Place end = places[hit.span.end];
    finding.at = {static_cast<std::uint32_t>(start.line), static_cast<std::uint32_t>(start.column),
                  static_cast<std::uint32_t>(end.line), static_cast<std::uint32_t>(end.column)};
    finding.symbol = std::move(hit.symbol);
    finding.excerpt = excerpt_of(file.text, hit.span);
    finding.cwe = hit.rule->cwe;
    finding.owasp = hit.rule->owasp;
  }
  return findings;
}

std::string message_of(std::string_view message, const std::vector<Captured>& captures) {
  std::string out;
  std::size_t done = 0;
  for (const syntax::Word& word : syntax::split_words(message)) {
    if (word.name.empty()) continue;
    const auto captured = std::find_if(captures.begin(), captures.end(),
                                       [&](const Captured& each) { return each.name == word.name; });
    if (captured == captures.end()) continue;
    out += message.substr(done, word.span.start - done);
    out += shortened(captured->text, kCaptureColumns);
    done = word.span.end;
  }
  out += message.substr(done);
  return out;
}

}  // namespace fleet::analysis
