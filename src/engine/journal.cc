#include "engine/journal.h"

#include <fmt/format.h>

#include "engine/input_json.h"

namespace fleet::engine {

Result<> read_journal(store::Reader& reader, std::string_view run, const model::Plan& plan,
                      const std::function<void(const RecordedInput&)>& visit) {
  return reader.journal(run, 1, [&](store::JournalEntry entry) -> Result<> {
    RecordedInput recorded{entry.sequence, entry.at, {}};
    FLEET_TRY(recorded.input, from_journal(entry.payload));
    if (!fits_plan(recorded.input, plan.tasks.size())) {
      return base::fail_world("read the journal of", std::string(run),
                              fmt::format("entry {} is not of its plan", entry.sequence));
    }
    visit(recorded);
    return {};
  });
}

}  // namespace fleet::engine
