#include "analysis/hit.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/excerpt.h"
#include "analysis/symbols.h"
#include "syntax/layout.h"
#include "syntax/words.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kCaptureColumns = 60;

model::Region region_of(const syntax::Place& start, const syntax::Place& end) {
  return {static_cast<std::uint32_t>(start.line), static_cast<std::uint32_t>(start.column),
          static_cast<std::uint32_t>(end.line), static_cast<std::uint32_t>(end.column)};
}

}  // namespace

std::vector<model::Finding> to_findings(const SourceFile& file, std::vector<Hit> hits) {
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return std::tie(a.span.start, a.rule->id, a.span.end) < std::tie(b.span.start, b.rule->id, b.span.end);
  });
  std::map<std::uint32_t, syntax::Place> places;
  for (const Hit& hit : hits) {
    places[hit.span.start];
    places[hit.span.end];
    for (const FlowPlace& each : hit.way) {
      places[file.tree->nodes()[each.node].span.start];
      places[file.tree->nodes()[each.node].span.end];
    }
  }
  syntax::PlaceCounter counter(file.text);
  for (auto& place : places)
    place.second = counter.at(place.first);

  std::vector<std::string> symbols(hits.size());
  if (file.tree != nullptr) {
    std::vector<std::uint32_t> nodes;
    nodes.reserve(hits.size());
    for (const Hit& hit : hits)
      nodes.push_back(hit.node == kNowhere ? 0 : hit.node);
    symbols = symbols_of(*file.tree, nodes);
  }

  std::vector<model::Finding> findings;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    Hit& hit = hits[i];
    model::Finding& finding = findings.emplace_back();
    finding.rule = hit.rule->id;
    finding.severity = hit.rule->severity;
    finding.confidence = hit.rule->confidence;
    finding.message = std::move(hit.message);
    finding.path = file.path;
    const syntax::Place start = places[hit.span.start];
    const syntax::Place end = places[hit.span.end];
    finding.at = region_of(start, end);
    finding.symbol = std::move(symbols[i]);
    finding.excerpt = excerpt_of(file.text, hit.span.start);
    finding.cwe = hit.rule->cwe;
    finding.owasp = hit.rule->owasp;
    // Where the way is seen, it is no guess.
    if (!hit.way.empty()) finding.confidence = model::Confidence::high;
    for (FlowPlace& each : hit.way) {
      const syntax::Span span = file.tree->nodes()[each.node].span;
      finding.flow.push_back({std::string(file.path), region_of(places[span.start], places[span.end]),
                              text::printable(each.what, text::Newlines::escape)});
    }
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
    out += text::printable(message.substr(done, word.span.start - done), text::Newlines::escape);
    out += shortened(captured->text, kCaptureColumns);
    done = word.span.end;
  }
  out += text::printable(message.substr(done), text::Newlines::escape);
  return out;
}

}  // namespace fleet::analysis
