#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace fleet::net {

struct Header {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https, without a name or password in it
  std::vector<Header> headers;
  std::string body;
  Duration connect_timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::minutes(5);  // the longest time without a byte, in whole seconds
};

// The start of an answer: its status and headers, whose names are in small letters (RFC 9110, section 5.1).
struct HttpHead {
  int status = 0;
  std::vector<Header> headers;

  // The first header of this name, written in small letters; none: there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [name](const Header& header) { return header.name == name; });
    return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
  }
};

// Takes the bytes of an answer as they come, cut anywhere. On the network's thread, which waits for it.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  virtual void begin(const HttpHead& head) = 0;
  // False: that is more than anybody wants, and the transfer ends with an Error.
  [[nodiscard]] virtual bool feed(std::string_view bytes) = 0;
};

// How a request ended.
struct HttpEnd {
  std::optional<HttpHead> head;  // none: there was no answer
  // Why the answer is missing or not whole. Fault::input: the URL, or more than its reader would take; else
  // the network.
  std::optional<Error> error;
  bool was_silent = false;  // the error is that nothing was heard for the request's idle_timeout
  bool was_sent = true;     // false: not a byte of the request was
};

}  // namespace fleet::net
