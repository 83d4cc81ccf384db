#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/analysis_report.h"
#include "model/json.h"
#include "model/report.h"
#include "report/html_room.h"

// The report as the page has it: what is there to be seen, in few bytes. It is no format: only the scripts of
// the same page read it.
namespace fleet::report {

// Adds `make(item)` of as many items as there is room for, the first ones, and gives back how many are left
// out.
template <class Items, class Make>
std::size_t add_each(model::Json& list, const Items& items, Room& room, std::size_t reserve, Make make) {
  std::size_t added = 0;
  for (const auto& item : items) {
    model::Json json = make(item);
    if (!room.take(size_on_page(json) + 1, reserve)) break;
    list.push_back(std::move(json));
    ++added;
  }
  return items.size() - added;
}

// What is left out, in words: `12 findings`.
using LeftOut = std::vector<std::string>;
void say_left_out(LeftOut& out, std::size_t count, const char* one, const char* many);

// The tasks with their attempts, and then as much of output and paths as there is room for: of tasks that are
// not done before the rest.
[[nodiscard]] model::Json page_tasks(const model::Report& report, Room& room, std::size_t reserve,
                                     LeftOut& left_out);
void add_output(model::Json& tasks, const model::Report& report, Room& room, LeftOut& left_out);

[[nodiscard]] model::Json page_findings(const model::AnalysisReport& analysis, Room& room,
                                        std::size_t reserve, LeftOut& left_out);

// Seconds, to the millisecond.
[[nodiscard]] double page_seconds(Duration duration);

}  // namespace fleet::report
