#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attempt.h"
#include "model/plan.h"
#include "model/run_event.h"

// How the nouns are written as JSON, and read back. One convention for all JSON that the product writes:
//
// - names of fields in snake_case; words (states, verdicts, kinds) as the workflow file spells them:
// "no-change";
// - durations are seconds, a number with up to six decimals; times RFC 3339 in UTC with microseconds; git
//   objects 40 hex digits; a task is its place in the plan, unless the field says id;
// - what is empty (text, list, map, an absent value, no object) is left out; numbers, truth values and words
//   always stand;
// - text that is not UTF-8 (paths and programs' output may be any bytes) is {"base64": "..."} instead of a
//   string, and a map with such a key is a list of pairs: nothing is lost.
//
// What is read is not trusted: a run may come from another machine. Unknown fields are refused, because a
// bound that this build does not know must not silently be dropped; missing ones keep their defaults.
namespace fleet::model {

using Json = nlohmann::json;

// Made from the lists of fields in model/json_fields.h, which other rooms can write for their own structs.
template <class T>
[[nodiscard]] Json to_json(const T& value);
// `what` is for the error: "the stored plan".
template <class T>
[[nodiscard]] Result<T> from_json(const Json& json, std::string_view what);

// A plan whose ids, edges and settings hold together as plan/ would have made them.
extern template Json to_json(const Plan&);
extern template Result<Plan> from_json(const Json&, std::string_view);
extern template Json to_json(const Outcome&);
extern template Result<Outcome> from_json(const Json&, std::string_view);
extern template Json to_json(const Usage&);
extern template Result<Usage> from_json(const Json&, std::string_view);
extern template Json to_json(const ProcessIdentity&);
extern template Result<ProcessIdentity> from_json(const Json&, std::string_view);
extern template Json to_json(const Conflict&);
extern template Result<Conflict> from_json(const Json&, std::string_view);
extern template Json to_json(const Requirement&);
extern template Result<Requirement> from_json(const Json&, std::string_view);
extern template Json to_json(const RunEvent&);
extern template Result<RunEvent> from_json(const Json&, std::string_view);

// A string, or {"base64": ...} when the bytes are not UTF-8; and back.
[[nodiscard]] Json bytes_to_json(std::string_view bytes);
[[nodiscard]] Result<std::string> bytes_from_json(const Json& json, std::string_view what);

// On one line. Never throws: bytes that are not UTF-8 and were not written by bytes_to_json become U+FFFD.
[[nodiscard]] std::string dump_json(const Json& json);

inline constexpr std::size_t kMaxJsonSize = std::size_t{1} << 30;
// An Error for text that is not JSON, or larger than `max_size` bytes.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string_view what,
                                      std::size_t max_size = kMaxJsonSize);

}  // namespace fleet::model
