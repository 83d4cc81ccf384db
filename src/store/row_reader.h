#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/enum_names.h"
#include "base/result.h"
#include "store/database.h"
#include "store/rows.h"

namespace fleet::store {

// Takes a row's columns one after the other, as the types that they stand for. The first that cannot be is
// remembered, and good() says which.
class RowReader {
 public:
  RowReader(const Database& database, const Statement& statement)
      : database_(database), statement_(statement) {}

  std::string text() { return std::string(statement_.text(next_++)); }
  std::int64_t number() { return statement_.integer(next_++); }
  double real() { return statement_.real(next_++); }
  template <class Integer>
  Integer whole() {
    const std::int64_t value = number();
    if (!std::in_range<Integer>(value)) complain(std::to_string(value));
    return static_cast<Integer>(value);
  }
  ObjectId object();  // NULL: none
  TimePoint time();
  std::optional<TimePoint> optional_time();  // NULL: absent
  std::optional<TaskIndex> optional_task();
  model::ProcessIdentity process();  // two columns; NULL: pid 0
  template <class E>
  E word() {
    return optional_word<E>().value_or(E{});
  }
  template <class E>
  std::optional<E> optional_word() {
    if (statement_.is_null(next_)) return skip<E>();
    const std::string_view name = statement_.text(next_++);
    const auto value = base::from_name<E>(name);
    if (!value) complain(name);
    return value;
  }

  // An Error when a column held what it cannot.
  [[nodiscard]] Result<> good() const;

 private:
  template <class T>
  std::optional<T> skip() {
    ++next_;
    return std::nullopt;
  }
  void complain(std::string_view value);

  const Database& database_;
  const Statement& statement_;
  int next_ = 0;
  std::string wrong_;
};

}  // namespace fleet::store
