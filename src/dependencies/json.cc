#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "dependencies/value.h"

namespace fleet::dependencies {
namespace {

// Counts the lines that the parser has gone past. No text of JSON holds a line feed, and the parser never
// looks past the quote that ends one: so it is in the line of a key when it hands that over.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::uint32_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::uint32_t* line_;
};

class ValueBuilder {
 public:
  using Json = nlohmann::json;

  ValueBuilder(const std::uint32_t& line, const std::function<bool(std::string_view)>& wanted)
      : line_(line), wanted_(wanted) {}

  bool null() { return scalar(Value::Kind::null, {}); }
  bool boolean(bool truth) { return scalar(Value::Kind::boolean, truth ? "true" : "false"); }
  bool number_integer(Json::number_integer_t number) {
    return scalar(Value::Kind::number, std::to_string(number));
  }
  bool number_unsigned(Json::number_unsigned_t number) {
    return scalar(Value::Kind::number, std::to_string(number));
  }
  bool number_float(Json::number_float_t /*number*/, const std::string& text) {
    return scalar(Value::Kind::number, text);
  }
  bool string(std::string& text) { return scalar(Value::Kind::string, std::move(text)); }
  bool binary(Json::binary_t& /*bytes*/) { return false; }  // JSON has none
  bool start_object(std::size_t /*size*/) { return open(Value::Kind::object); }
  bool start_array(std::size_t /*size*/) { return open(Value::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& key) {
    if (depth_ == 1) passing_over_ = wanted_ && !wanted_(key);
    if (passing_over_) return true;
    open_.back()->members.push_back({std::move(key), line_, {}});
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    why = error.what();
    if (const auto column = why.find(", column "); column != std::string::npos) {
      if (const auto colon = why.find(": ", column); colon != std::string::npos) why.erase(0, colon + 2);
    }
    return false;
  }

  Value root;
  std::string why;  // it was not read

 private:
  // Where the next value goes; null: nowhere.
  Value* place() {
    if (passing_over_) return nullptr;
    if (++count_ > kMostValues) {
      why = fmt::format("it holds more than {} values", kMostValues);
      return nullptr;
    }
    Value* value = &root;
    if (!open_.empty()) {
      Value& in = *open_.back();
      if (in.kind == Value::Kind::list) in.members.push_back({{}, line_, {}});
      value = &in.members.back().value;
    }
    value->line = line_;
    return value;
  }
  bool scalar(Value::Kind kind, std::string text) {
    if (Value* value = place()) {
      value->kind = kind;
      value->text = std::move(text);
    }
    return why.empty();
  }
  bool open(Value::Kind kind) {
    if (++depth_ > kMostDepth) why = fmt::format("it is nested deeper than {}", kMostDepth);
    if (!why.empty()) return false;
    if (Value* value = place()) {
      value->kind = kind;
      open_.push_back(value);
    }
    return why.empty();
  }
  bool close() {
    if (depth_-- == 1 || !passing_over_) {
      open_.back()->members.shrink_to_fit();
      open_.pop_back();
    }
    return true;
  }

  const std::uint32_t& line_;
  const std::function<bool(std::string_view)>& wanted_;
  std::vector<Value*> open_;  // each holds the next one: none of them moves while it is open
  std::size_t depth_ = 0, count_ = 0;
  bool passing_over_ = false;
};

}  // namespace

ReadValue read_json(std::string_view bytes, const std::string& path,
                    const std::function<bool(std::string_view)>& wanted) {
  if (bytes.size() > kMostBytes) {
    return tl::make_unexpected(
        unreadable(path, 1, fmt::format("it is larger than {} MB", kMostBytes >> 20), {}));
  }
  std::uint32_t line = 1;
  ValueBuilder builder(line, wanted);
  const bool is_read = nlohmann::json::sax_parse(
      CountingIterator(bytes.data(), &line), CountingIterator(bytes.data() + bytes.size(), &line), &builder);
  if (!is_read || !builder.why.empty()) return tl::make_unexpected(unreadable(path, line, builder.why));
  return std::move(builder.root);
}

}  // namespace fleet::dependencies
