#include <algorithm>
#include <array>
#include <string>

#include "engine/input.h"
#include "engine/input_json.h"
#include "fuzz/fuzz.h"
#include "model/json.h"

// An entry of the journal, which may come from another machine: what is read keeps every field of it, and
// written again it reads the same. A resumed run would decide otherwise without.
namespace fleet::fuzz {
namespace {

using model::Json;

// Of an outcome, on which no decision hangs (engine/input_json.h).
bool is_left_out(const std::string& name) {
  static constexpr std::array<std::string_view, 5> kNames{"paths", "programs", "notes", "output_head",
                                                          "output_tail"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_empty(const Json& json) {
  return json.is_null() || (json.is_structured() && json.empty()) || json == "";
}

// Numbers may be rounded, and bytes written as text: only whole numbers, truth values and structure must be
// the same.
void check_kept(const Json& read, const Json& written, const std::string& where) {
  if (read.is_object() && written.is_object()) {
    for (const auto& [name, value] : read.items()) {
      if (is_empty(value) || (where == "/attempt_finished/outcome" && is_left_out(name))) continue;
      require(written.contains(name), "every field is kept", where + "/" + name);
      check_kept(value, written[name], where + "/" + name);
    }
  } else if (read.is_array() && written.is_array()) {
    require(read.size() == written.size(), "every item is kept", where);
    for (std::size_t i = 0; i < read.size(); ++i)
      check_kept(read[i], written[i], where + "[]");
  } else if (read.is_boolean() || (read.is_number_integer() && written.is_number_integer())) {
    require(read == written, "every value is kept", where);
  }
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const std::string_view payload = fuzz::text_of(data, size);
  const Result<engine::Input> input = engine::from_journal(payload);
  if (!input) return 0;
  constexpr std::size_t kTasks = 3;
  const bool fits = engine::fits_plan(*input, kTasks);

  const std::string written = engine::to_journal(*input);
  fuzz::require(written.find('\n') == written.npos, "an entry is one line", written);
  const Result<engine::Input> again = engine::from_journal(written);
  fuzz::require(again.has_value(), "what was written can be read", again ? "" : again.error().message());
  fuzz::require(engine::to_journal(*again) == written, "what was written and read is the same", written);
  fuzz::require(engine::fits_plan(*again, kTasks) == fits, "it fits the same plans", written);
  fuzz::check_kept(*model::parse_json(payload, "the entry"), *model::parse_json(written, "the entry"), "");
  return 0;
}
