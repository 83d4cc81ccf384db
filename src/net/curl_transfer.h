#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

// As <curl/curl.h> has them.
using CURL = void;
struct curl_slist;

namespace fleet::net {

// One request on its way, as libcurl's "easy handle". One thread at a time. What never came to its end is
// told so when it is destroyed.
class CurlTransfer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CurlTransfer>> create(HttpRequest request,
                                                                    const std::string& ca_file,
                                                                    std::shared_ptr<BodyReader> reader,
                                                                    std::function<void(HttpEnd)> ended);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  [[nodiscard]] static CurlTransfer& of(CURL* handle);
  [[nodiscard]] CURL* handle() const { return handle_; }
  [[nodiscard]] const std::string& url() const { return request_.url; }
  [[nodiscard]] std::uint64_t id() const { return id_; }
  void set_id(std::uint64_t id) { id_ = id; }

  void end(int curl_code);  // a CURLcode
  void end(Error error);

 private:
  CurlTransfer(HttpRequest request, std::shared_ptr<BodyReader> reader, std::function<void(HttpEnd)> ended);
  [[nodiscard]] Result<> set_up(const std::string& ca_file);
  void take_header(std::string_view line);
  [[nodiscard]] bool take(std::string_view bytes);
  [[nodiscard]] Error error_of(int curl_code) const;
  void tell(std::optional<Error> error, bool was_silent = false);

  static std::size_t write_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t write_body(char* bytes, std::size_t size, std::size_t count, void* self);

  HttpRequest request_;
  std::shared_ptr<BodyReader> reader_;
  std::function<void(HttpEnd)> ended_;
  std::uint64_t id_ = 0;
  CURL* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  HttpHead head_;
  std::size_t head_size_ = 0;
  bool was_sent_ = true;    // as far as anybody knows
  bool has_begun_ = false;  // its head was told to the reader
  bool is_too_much_ = false;
  std::string message_;  // of libcurl, more exact than its code
};

}  // namespace fleet::net
