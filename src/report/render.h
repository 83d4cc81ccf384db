#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/report.h"

// Report -> files. Everything a task, an agent or a program said is untrusted and is escaped.
namespace fleet::report {

// report.json: one object as src/report/report.schema.json describes and docs/report.md explains. Bytes that
// are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const model::Report& report);
// What that wrote. An Error for text that it cannot have written.
[[nodiscard]] Result<model::Report> report_from_json(std::string_view text);
// One task, as it stands under `tasks` there.
[[nodiscard]] std::string to_json(const model::TaskReport& task);

// A step summary on GitHub holds 1 MiB, and is dropped whole past it.
inline constexpr std::size_t kMarkdownLimit = 1024 * 1024;

// report.md, in GitHub's Markdown: the verdict and its reasons first. Never longer than `limit` bytes: what
// is cut is said where it is cut.
[[nodiscard]] std::string to_markdown(const model::Report& report, std::size_t limit = kMarkdownLimit);

inline constexpr std::size_t kRunJunitLimit = 30'000'000;  // bytes; GitLab takes no larger file

// JUnit's XML, as Jenkins (its junit-10.xsd) and GitLab read it: a test case for each task, and one for the
// gate. A task that was skipped or cancelled is a skipped case, one that never came to its end an error. Ends
// of output go where they find no room within `limit` bytes, the reasons stay.
[[nodiscard]] std::string to_junit(const model::Report& report, std::size_t limit = kRunJunitLimit);

}  // namespace fleet::report
