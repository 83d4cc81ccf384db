#pragma once

#include "base/enum_names.h"

namespace fleet::model {

// Where a value came from, weakest first: a later one overrides an earlier one.
enum class Origin { built_in, workflow, environment, command_line };

template <class T>
struct Setting {
  T value{};
  Origin origin = Origin::built_in;

  // Takes the value if its origin is at least as strong.
  void offer(T candidate, Origin from) {
    if (from < origin) return;
    value = std::move(candidate);
    origin = from;
  }
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::Origin, "built-in", "workflow", "environment", "command-line");
}
