#include "store/row_reader.h"

#include <fmt/format.h>

namespace fleet::store {

ObjectId RowReader::object() {
  if (statement_.is_null(next_)) return skip<ObjectId>().value_or(ObjectId{});
  const std::string_view hex = statement_.text(next_++);
  const auto id = ObjectId::parse(hex);
  if (!id) complain(hex);
  return id.value_or(ObjectId{});
}

TimePoint RowReader::time() {
  const std::string_view text = statement_.text(next_++);
  const auto time = base::parse_time_exact(text);
  if (!time) complain(text);
  return time.value_or(TimePoint{});
}

std::optional<TimePoint> RowReader::optional_time() {
  return statement_.is_null(next_) ? skip<TimePoint>() : time();
}

std::optional<TaskIndex> RowReader::optional_task() {
  if (statement_.is_null(next_)) return skip<TaskIndex>();
  return TaskIndex{whole<std::uint32_t>()};
}

model::ProcessIdentity RowReader::process() {
  model::ProcessIdentity process;
  process.pid = whole<std::int32_t>();
  process.start_time = static_cast<std::uint64_t>(number());
  if (process.pid < 0) complain(std::to_string(process.pid));
  return process;
}

void RowReader::complain(std::string_view value) {
  if (wrong_.empty()) wrong_ = fmt::format("column {} of a row holds `{:.40}`", next_, value);
}

Result<> RowReader::good() const {
  if (!wrong_.empty()) return database_.fail_damaged(wrong_);
  return {};
}

}  // namespace fleet::store
