#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::agents {

using Json = nlohmann::json;

// Takes a stream of JSON texts, one a line, as they come, cut anywhere. What is no JSON object (a program's
// own remarks among them) is given apart. Of a line past the bound, or nested too
// deep, nothing is given but that it was there. Not thread-safe.
class JsonLines {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{4} << 20;  // bytes
  struct Handlers {
    std::function<void(const Json& object)> object;
    std::function<void(std::string_view line)> other;  // without its line end; never blank
  };
  explicit JsonLines(Handlers handlers) : handlers_(std::move(handlers)) {}

  void feed(std::string_view bytes);
  void finish();  // a last line without an end

 private:
  void take_line();

  Handlers handlers_;
  std::string line_;
  bool is_too_long_ = false;
};

// A whole text. Discarded where it is no JSON, or nested too deep; half characters that JavaScript writes are
// U+FFFD.
[[nodiscard]] Json parse_json(std::string_view text);

// Of what others wrote, in which anything may be missing or of another kind: then empty, or none.
[[nodiscard]] std::string text_at(const Json& object, std::string_view name);
[[nodiscard]] std::optional<double> number_at(const Json& object, std::string_view name);
[[nodiscard]] std::uint64_t count_at(const Json& object, std::string_view name);  // 0 where it is no count
// Where it is between 0 and a billion.
[[nodiscard]] std::optional<int> int_at(const Json& object, std::string_view name);
// US dollars, where they are what an attempt may cost.
inline constexpr double kMostUsd = 1e6;
[[nodiscard]] std::optional<double> usd_at(const Json& object, std::string_view name);
[[nodiscard]] bool is_true_at(const Json& object, std::string_view name);
[[nodiscard]] const Json& member(const Json& object, std::string_view name);  // null where it is not there

}  // namespace fleet::agents
