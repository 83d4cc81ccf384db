#include "net/event_stream.h"

#include <utility>

namespace fleet::net {

bool EventStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + data_.size() + part.size() > kMaxEvent) return false;
    if (end == std::string_view::npos) {
      line_ += part;
      return true;
    }
    after_cr_ = bytes[end] == '\r';
    if (line_.empty()) {
      take_line(part);
    } else {
      line_ += part;
      take_line(line_);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  return true;
}

void EventStream::finish() {
  if (!line_.empty()) take_line(std::exchange(line_, {}));
  dispatch();
}

void EventStream::take_line(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (std::exchange(is_first_line_, false) && line.starts_with(kByteOrderMark))
    line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) return dispatch();
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) data_ += '\n';
    has_data_ = true;
    data_ += value;
  } else if (field == "event") {
    name_ = value;
  }
}

void EventStream::dispatch() {
  const std::string name = std::exchange(name_, {});
  const std::string data = std::exchange(data_, {});
  if (std::exchange(has_data_, false)) handler_(name, data);
}

}  // namespace fleet::net
