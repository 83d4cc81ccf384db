#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/layout.h"

// How one fleet asks another, which drives a run, to cancel tasks: a file for each in the run's folder, named
// as the task, and then a signal.
namespace fleet::store {

[[nodiscard]] Result<> ask_to_cancel(const Layout& layout, std::string_view run, const std::string& task);
// The ids of the tasks that are asked for, which are asked for no longer; in order.
[[nodiscard]] Result<std::vector<std::string>> take_cancellations(const Layout& layout, std::string_view run);

}  // namespace fleet::store
