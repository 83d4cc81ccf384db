#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "net/http.h"

namespace fleet::net {

// Sends requests and streams their answers. Any thread may call it. No redirect is followed: a key must not
// go where a server points.
class HttpClient {
 public:
  struct RequestId {
    std::uint64_t value = 0;
  };

  virtual ~HttpClient() = default;
  // `ended` is called once, on the network's thread, after the last byte was read.
  virtual RequestId send(HttpRequest request, std::shared_ptr<BodyReader> reader,
                         std::function<void(HttpEnd)> ended) = 0;
  // Ends it with an Error, unless it has ended.
  virtual void cancel(RequestId id) = 0;
};

}  // namespace fleet::net
