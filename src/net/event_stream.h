#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace fleet::net {

// Takes a stream of server-sent events as they come, cut anywhere (WHATWG HTML, section 9.2.6, "Interpreting
// an event stream"). Not thread-safe.
class EventStream {
 public:
  static constexpr std::size_t kMaxEvent = std::size_t{16} << 20;  // bytes
  // `name` is empty where the event has none.
  using Handler = std::function<void(std::string_view name, std::string_view data)>;

  explicit EventStream(Handler handler) : handler_(std::move(handler)) {}

  // False: an event is larger than the bound; nothing more is read.
  [[nodiscard]] bool feed(std::string_view bytes);
  // Unlike the standard, and like the clients of model providers: an event that the end of the stream cut
  // from its empty line counts. Whether it is whole is told by its data.
  void finish();

 private:
  void take_line(std::string_view line);
  void dispatch();

  Handler handler_;
  std::string line_;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  bool is_first_line_ = true;
  bool after_cr_ = false;  // a line feed that comes now belongs to it
};

}  // namespace fleet::net
