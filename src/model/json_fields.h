#pragma once

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/ids.h"
#include "base/object_id.h"
#include "base/time.h"
#include "model/json.h"
#include "model/json_members.h"
#include "model/setting.h"

// Each struct lists its fields once; writing and reading both follow from that list, so that they cannot
// drift apart. To give a struct of your own JSON:
//
//   template <>
//   struct model::Fields<engine::Merged> {
//     static constexpr auto list = std::tuple{field("task", &engine::Merged::task), field("commit", ...)};
//     static std::string wrong(const engine::Merged&);  // optional: why what was read cannot be; empty: it
//     can
//   };
//   template <>
//   struct model::Alternatives<std::variant<engine::Merged, engine::Settled>> {
//     static constexpr std::array<std::string_view, 2> names{"merged", "settled"};  // {"merged": {...}}
//   };
//
// then call to_json(value) and from_json<T>(json, "the journal entry"). A list that forgets a member does not
// compile.
namespace fleet::model {

template <class T, class Member>
struct Field {
  std::string_view name;
  Member T::*member;
};
template <class T, class Member>
[[nodiscard]] constexpr Field<T, Member> field(std::string_view name, Member T::*member) {
  return {name, member};
}

template <class T>
struct Fields;
template <class Variant>
struct Alternatives;

template <class T>
struct Fields<Setting<T>> {
  static constexpr auto list =
      std::tuple{field("value", &Setting<T>::value), field("origin", &Setting<T>::origin)};
};

// Why and where reading failed. The place is put together on the way out, from the innermost part.
class ReadFailure {
 public:
  // Always false, so that a reader can end with it.
  bool say(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool within(std::string_view name) {
    const char* dot = where_.empty() || where_.front() == '[' ? "" : ".";
    where_ = fmt::format("{}{}{}", name, dot, where_);
    return false;
  }
  bool within(std::size_t index) { return within(fmt::format("[{}]", index)); }
  [[nodiscard]] std::string message() const {
    return where_.empty() ? why_ : fmt::format("at {}: {}", where_, why_);
  }

 private:
  std::string where_, why_;
};

// How a type is written and read: structs by their Fields, all else below. A value that is written as null,
// or as an empty string, list or map, is left out of its struct where kLeaveOut says so.
template <class T>
struct Codec {
  static constexpr bool kLeaveOut = true;

  static Json write(const T& value) {
    assert_member_count<std::tuple_size_v<decltype(Fields<T>::list)>>(value);
    Json json = Json::object();
    const auto one = [&](const auto& field) {
      using Member = std::remove_cvref_t<decltype(value.*(field.member))>;
      Json member = Codec<Member>::write(value.*(field.member));
      const bool empty = member.is_string() ? member.get_ref<const std::string&>().empty() : member.empty();
      if (!member.is_null() && !(Codec<Member>::kLeaveOut && empty)) json[field.name] = std::move(member);
    };
    std::apply([&](const auto&... fields) { (one(fields), ...); }, Fields<T>::list);
    return json;
  }

  static bool read(const Json& json, T& value, ReadFailure& failure) {
    if (!json.is_object()) return failure.say("an object is expected");
    std::size_t known = 0;
    const auto one = [&](const auto& field) {
      const auto found = json.find(field.name);
      if (found == json.end()) return true;
      ++known;
      using Member = std::remove_cvref_t<decltype(value.*(field.member))>;
      return Codec<Member>::read(*found, value.*(field.member), failure) || failure.within(field.name);
    };
    if (!std::apply([&](const auto&... fields) { return (one(fields) && ...); }, Fields<T>::list))
      return false;
    if (known != json.size()) return refuse_unknown(json, failure);
    if constexpr (requires { Fields<T>::wrong(value); }) {
      if (std::string why = Fields<T>::wrong(value); !why.empty()) return failure.say(std::move(why));
    }
    return true;
  }

 private:
  static bool refuse_unknown(const Json& json, ReadFailure& failure) {
    for (const auto& [name, ignored] : json.items()) {
      const auto differs = [&n = name](const auto&... fields) { return ((fields.name != n) && ...); };
      if (std::apply(differs, Fields<T>::list)) failure.say(fmt::format("unknown field `{}`", name));
    }
    return false;
  }
};

template <>
struct Codec<bool> {
  static constexpr bool kLeaveOut = false;
  static Json write(bool value) { return value; }
  static bool read(const Json& json, bool& value, ReadFailure& failure) {
    if (!json.is_boolean()) return failure.say("true or false is expected");
    value = json.get<bool>();
    return true;
  }
};

template <std::integral T>
struct Codec<T> {
  static constexpr bool kLeaveOut = false;
  static Json write(T value) { return value; }
  static bool read(const Json& json, T& value, ReadFailure& failure) {
    const bool fits = json.is_number_unsigned()  ? std::in_range<T>(json.get<std::uint64_t>())
                      : json.is_number_integer() ? std::in_range<T>(json.get<std::int64_t>())
                                                 : false;
    if (!fits) {
      return failure.say(fmt::format("a whole number from {} to {} is expected",
                                     std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
    value = json.get<T>();
    return true;
  }
};

template <>
struct Codec<double> {
  static constexpr bool kLeaveOut = false;
  static Json write(double value) { return value; }
  static bool read(const Json& json, double& value, ReadFailure& failure) {
    if (!json.is_number()) return failure.say("a number is expected");
    value = json.get<double>();
    return true;
  }
};

template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
  static constexpr bool kLeaveOut = false;
  static Json write(E value) { return base::name_of(value); }
  static bool read(const Json& json, E& value, ReadFailure& failure) {
    const auto known =
        json.is_string() ? base::from_name<E>(json.get_ref<const std::string&>()) : std::nullopt;
    if (!known)
      return failure.say(fmt::format("one of {} is expected", fmt::join(base::EnumNames<E>::names, ", ")));
    value = *known;
    return true;
  }
};

// Written and read in json_values.cc.
template <>
struct Codec<std::string> {
  static constexpr bool kLeaveOut = true;
  static Json write(const std::string& value);
  static bool read(const Json& json, std::string& value, ReadFailure& failure);
};
template <>
struct Codec<ObjectId> {
  static constexpr bool kLeaveOut = true;
  static Json write(const ObjectId& value);
  static bool read(const Json& json, ObjectId& value, ReadFailure& failure);
};
template <>
struct Codec<Location> {
  static constexpr bool kLeaveOut = true;
  static Json write(Location value);
  static bool read(const Json& json, Location& value, ReadFailure& failure);
};
template <>
struct Codec<TaskIndex> {
  static constexpr bool kLeaveOut = false;
  static Json write(TaskIndex value);
  static bool read(const Json& json, TaskIndex& value, ReadFailure& failure);
};
template <>
struct Codec<Duration> {
  static constexpr bool kLeaveOut = false;
  static Json write(Duration value);
  static bool read(const Json& json, Duration& value, ReadFailure& failure);
};
template <>
struct Codec<TimePoint> {
  static constexpr bool kLeaveOut = false;
  static Json write(TimePoint value);
  static bool read(const Json& json, TimePoint& value, ReadFailure& failure);
};

template <class T>
struct Codec<std::optional<T>> {
  static constexpr bool kLeaveOut = false;  // only when absent, which is written as null
  static Json write(const std::optional<T>& value) { return value ? Codec<T>::write(*value) : Json(); }
  static bool read(const Json& json, std::optional<T>& value, ReadFailure& failure) {
    if (json.is_null()) return true;
    return Codec<T>::read(json, value.emplace(), failure);
  }
};

template <class T>
struct Codec<std::vector<T>> {
  static constexpr bool kLeaveOut = true;
  static Json write(const std::vector<T>& values) {
    Json json = Json::array();
    json.get_ref<Json::array_t&>().reserve(values.size());
    for (const T& value : values)
      json.push_back(Codec<T>::write(value));
    return json;
  }
  static bool read(const Json& json, std::vector<T>& values, ReadFailure& failure) {
    if (!json.is_array()) return failure.say("a list is expected");
    values.clear();
    values.resize(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (!Codec<T>::read(json[i], values[i], failure)) return failure.within(i);
    }
    return true;
  }
};

template <class A, class B>
struct Codec<std::pair<A, B>> {
  static constexpr bool kLeaveOut = false;
  static Json write(const std::pair<A, B>& value) {
    return Json::array({Codec<A>::write(value.first), Codec<B>::write(value.second)});
  }
  static bool read(const Json& json, std::pair<A, B>& value, ReadFailure& failure) {
    if (!json.is_array() || json.size() != 2) return failure.say("a list of two is expected");
    return (Codec<A>::read(json[0], value.first, failure) || failure.within(std::size_t{0})) &&
           (Codec<B>::read(json[1], value.second, failure) || failure.within(std::size_t{1}));
  }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static constexpr bool kLeaveOut = true;
  static Json write(const std::map<std::string, T>& values) {
    Json json = Json::object();
    for (const auto& [name, value] : values) {
      if (!bytes_to_json(name).is_string()) {
        using Pairs = std::vector<std::pair<std::string, T>>;
        return Codec<Pairs>::write(Pairs(values.begin(), values.end()));
      }
      json[name] = Codec<T>::write(value);
    }
    return json;
  }
  static bool read(const Json& json, std::map<std::string, T>& values, ReadFailure& failure) {
    values.clear();
    if (json.is_array()) {
      std::vector<std::pair<std::string, T>> pairs;
      if (!Codec<decltype(pairs)>::read(json, pairs, failure)) return false;
      values.insert(pairs.begin(), pairs.end());
      return values.size() == pairs.size() || failure.say("a name stands twice");
    }
    if (!json.is_object()) return failure.say("an object is expected");
    for (auto item = json.begin(); item != json.end(); ++item) {
      if (!Codec<T>::read(*item, values[item.key()], failure)) return failure.within(item.key());
    }
    return true;
  }
};

// {"<name of the alternative>": <value>}
template <class... T>
struct Codec<std::variant<T...>> {
  using Variant = std::variant<T...>;
  static constexpr bool kLeaveOut = false;

  static Json write(const Variant& value) {
    Json json = Json::object();
    json[Alternatives<Variant>::names[value.index()]] = std::visit(
        [](const auto& held) { return Codec<std::remove_cvref_t<decltype(held)>>::write(held); }, value);
    return json;
  }
  static bool read(const Json& json, Variant& value, ReadFailure& failure) {
    if (json.is_object() && json.size() == 1) {
      bool found = false;
      const bool good = read_named(json, value, failure, found, std::index_sequence_for<T...>{});
      if (found) return good;
    }
    return failure.say(
        fmt::format("an object with one of {} is expected", fmt::join(Alternatives<Variant>::names, ", ")));
  }

 private:
  template <std::size_t... I>
  static bool read_named(const Json& json, Variant& value, ReadFailure& failure, bool& found,
                         std::index_sequence<I...>) {
    const auto one = [&](auto index) {
      const std::string_view name = Alternatives<Variant>::names[index];
      const auto item = json.find(name);
      if (item == json.end()) return true;
      found = true;
      auto& held = value.template emplace<index>();
      return Codec<std::remove_cvref_t<decltype(held)>>::read(*item, held, failure) || failure.within(name);
    };
    return (one(std::integral_constant<std::size_t, I>{}) && ...);
  }
};

template <class T>
Json to_json(const T& value) {
  return Codec<T>::write(value);
}

template <class T>
Result<T> from_json(const Json& json, std::string_view what) {
  T value{};
  ReadFailure failure;
  if (Codec<T>::read(json, value, failure)) return value;
  return base::fail_world("read", std::string(what), failure.message());
}

}  // namespace fleet::model
