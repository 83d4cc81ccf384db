#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "engine/input.h"
#include "store/reader.h"

namespace fleet::engine {

struct RecordedInput {
  std::uint64_t sequence = 0;
  TimePoint at{};
  Input input;
};

// Every input of a run, in order. An Error where the journal is not one of this plan.
[[nodiscard]] Result<> read_journal(store::Reader& reader, std::string_view run, const model::Plan& plan,
                                    const std::function<void(const RecordedInput&)>& visit);

}  // namespace fleet::engine
