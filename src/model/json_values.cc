#include <algorithm>
#include <cmath>

#include "base/base64.h"
#include "model/json_bytes.h"
#include "model/json_fields.h"

namespace fleet::model {
namespace {

constexpr std::string_view kBase64 = "base64";

// Seconds as a double tell microseconds apart up to here, 71 years; longer is not told from this.
constexpr std::int64_t kMostMicroseconds = std::int64_t{1} << 51;

}  // namespace

Json bytes_to_json(std::string_view bytes) {
  if (is_utf8(bytes)) return Json(bytes);
  return Json::object({{std::string(kBase64), base::encode_base64(bytes)}});
}

Json Codec<std::string>::write(const std::string& value) {
  return bytes_to_json(value);
}

bool Codec<std::string>::read(const Json& json, std::string& value, ReadFailure& failure) {
  if (json.is_string()) {
    value = json.get_ref<const std::string&>();
    return true;
  }
  const auto encoded = json.is_object() && json.size() == 1 ? json.find(kBase64) : json.end();
  if (encoded == json.end() || !encoded->is_string())
    return failure.say(R"(a string, or {"base64": ...}, is expected)");
  const auto& text = encoded->get_ref<const std::string&>();
  auto bytes = base::decode_base64(text);
  // Two texts that stand for the same bytes would make two files of one.
  if (!bytes || base::encode_base64(*bytes) != text) return failure.say("this is not base64");
  value = *std::move(bytes);
  return true;
}

Result<std::string> bytes_from_json(const Json& json, std::string_view what) {
  return from_json<std::string>(json, what);
}

Json Codec<ObjectId>::write(const ObjectId& value) {
  return value.is_none() ? Json() : Json(value.hex());
}

bool Codec<ObjectId>::read(const Json& json, ObjectId& value, ReadFailure& failure) {
  if (json.is_null()) return true;
  const auto id = json.is_string() ? ObjectId::parse(json.get_ref<const std::string&>()) : std::nullopt;
  if (!id) return failure.say("40 hex digits are expected");
  value = *id;
  return true;
}

Json Codec<Location>::write(Location value) {
  return value == Location{} ? Json() : Json::array({value.line, value.column});
}

bool Codec<Location>::read(const Json& json, Location& value, ReadFailure& failure) {
  std::pair<int, int> both;
  if (!Codec<std::pair<int, int>>::read(json, both, failure)) return false;
  value = {both.first, both.second};
  return true;
}

Json Codec<TaskIndex>::write(TaskIndex value) {
  return value.value;
}

bool Codec<TaskIndex>::read(const Json& json, TaskIndex& value, ReadFailure& failure) {
  return Codec<std::uint32_t>::read(json, value.value, failure);
}

Json Codec<Duration>::write(Duration value) {
  return static_cast<double>(std::clamp(value.count(), -kMostMicroseconds, kMostMicroseconds)) / 1e6;
}

bool Codec<Duration>::read(const Json& json, Duration& value, ReadFailure& failure) {
  double seconds = 0;
  if (!Codec<double>::read(json, seconds, failure)) return false;
  const double micros = std::round(seconds * 1e6);
  if (!(std::abs(micros) <= static_cast<double>(kMostMicroseconds)))
    return failure.say("this is too long a time");
  value = Duration(static_cast<std::int64_t>(micros));
  return true;
}

Json Codec<TimePoint>::write(TimePoint value) {
  return base::format_time_exact(value);
}

bool Codec<TimePoint>::read(const Json& json, TimePoint& value, ReadFailure& failure) {
  const auto time =
      json.is_string() ? base::parse_time_exact(json.get_ref<const std::string&>()) : std::nullopt;
  if (!time) return failure.say("a time like 2026-11-20T08:31:00.123456Z is expected");
  value = *time;
  return true;
}

std::string dump_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> parse_json(std::string_view text, std::string_view what, std::size_t max_size) {
  if (text.size() > max_size) {
    return base::fail_world("read", std::string(what),
                            fmt::format("it has {} bytes, more than {}", text.size(), max_size));
  }
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    return base::fail_world("read", std::string(what), fmt::format("it is damaged: {}", error.what()),
                            "a copy of the state, or of what was exported, may be whole");
  }
}

}  // namespace fleet::model
