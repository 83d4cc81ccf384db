#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/analysis_report.h"
#include "model/report.h"

namespace fleet::report {

// A run of the same workflow, as it stands in a list.
struct RunMark {
  std::string run;  // id
  model::RunState state = model::RunState::running;
  TimePoint started{};
  Duration wall{};
};

// What a page shows besides the run itself, where it is on hand.
struct HtmlExtras {
  const model::AnalysisReport* analysis = nullptr;  // of what the run has changed
  std::vector<RunMark> runs;                        // the newest first; the run itself may be among them
};

inline constexpr std::size_t kHtmlLimit = 5'000'000;  // bytes

// report.html: one page that opens from disk, with all that it needs, and asks nobody for anything: its
// policy lets it send no request, and lets no script run but its own. What is not ours (names, output,
// findings) stands in it once, as JSON that holds no `<`, and is shown as text and nothing else.
//
// Never longer than `limit` bytes: output goes first, then paths and findings, then tasks, and the page says
// what it leaves out.
[[nodiscard]] std::string to_html(const model::Report& report, const HtmlExtras& extras = {},
                                  std::size_t limit = kHtmlLimit);

}  // namespace fleet::report
