#include "net/curl_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>

#include "base/assert.h"

namespace fleet::net {
namespace {

// A head that is larger than this is nobody's answer.
constexpr std::size_t kMostOfHead = std::size_t{256} << 10;  // bytes

bool is_this_machine(const std::string& url) {
  struct Free {
    void operator()(CURLU* parts) const { ::curl_url_cleanup(parts); }
    void operator()(char* text) const { ::curl_free(text); }
  };
  const std::unique_ptr<CURLU, Free> parts(::curl_url());
  char* host = nullptr;
  if (!parts || ::curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  if (::curl_url_get(parts.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) return false;
  const std::unique_ptr<char, Free> owned(host);
  const std::string_view name = host;
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

std::string small(std::string_view text) {
  std::string letters(text);
  for (char& letter : letters) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return letters;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

Result<std::unique_ptr<CurlTransfer>> CurlTransfer::create(HttpRequest request, const std::string& ca_file,
                                                           std::shared_ptr<BodyReader> reader,
                                                           std::function<void(HttpEnd)> ended) {
  std::unique_ptr<CurlTransfer> transfer(
      new CurlTransfer(std::move(request), std::move(reader), std::move(ended)));
  if (auto ready = transfer->set_up(ca_file); !ready) {
    transfer->ended_ = nullptr;  // the caller is told by the Error
    return tl::make_unexpected(std::move(ready).error());
  }
  return transfer;
}

CurlTransfer::CurlTransfer(HttpRequest request, std::shared_ptr<BodyReader> reader,
                           std::function<void(HttpEnd)> ended)
    : request_(std::move(request)), reader_(std::move(reader)), ended_(std::move(ended)) {
  message_.resize(CURL_ERROR_SIZE);
}

CurlTransfer::~CurlTransfer() {
  if (ended_) end({base::Fault::world, "send a request to", url(), "the network is closed", {}});
  if (handle_ != nullptr) ::curl_easy_cleanup(handle_);
  ::curl_slist_free_all(headers_);
}

CurlTransfer& CurlTransfer::of(CURL* handle) {
  CurlTransfer* transfer = nullptr;
  ::curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
  FLEET_ASSERT(transfer != nullptr, "every handle knows its transfer");
  return *transfer;
}

Result<> CurlTransfer::set_up(const std::string& ca_file) {
  handle_ = ::curl_easy_init();
  if (handle_ == nullptr) return base::fail_world("send a request to", url(), "there is no memory for it");
  const auto whole_seconds = [](Duration time) {
    return std::max<long>(1, std::chrono::ceil<std::chrono::seconds>(time).count());
  };
  CURLcode first_failure = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    const CURLcode code = ::curl_easy_setopt(handle_, option, value);
    if (first_failure == CURLE_OK) first_failure = code;
  };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // one that is called off does not wait for a name that is being looked up
  set(CURLOPT_ERRORBUFFER, message_.data());
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(request_.connect_timeout).count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, whole_seconds(request_.idle_timeout));
  set(CURLOPT_USERAGENT, "fleet/" FLEET_VERSION);
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::write_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::write_body);
  set(CURLOPT_WRITEDATA, this);
  if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
  if (is_this_machine(request_.url)) set(CURLOPT_PROXY, "");
  if (!request_.body.empty()) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request_.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  // Not `Expect: 100-continue`: many servers leave it unanswered, and the body waits a second.
  headers_ = ::curl_slist_append(headers_, "Expect:");
  for (const Header& header : request_.headers) {
    if (header.name.find_first_of("\r\n:") != std::string::npos ||
        header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return base::fail_input("send a request to", url(),
                              fmt::format("the header {} has a line end in it", trimmed(header.name)));
    headers_ = ::curl_slist_append(headers_, fmt::format("{}: {}", header.name, header.value).c_str());
  }
  set(CURLOPT_HTTPHEADER, headers_);
  if (first_failure != CURLE_OK)
    return base::fail_input("send a request to", url(), ::curl_easy_strerror(first_failure));
  return {};
}

std::size_t CurlTransfer::write_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.head_size_ += size * count;
  if (transfer.head_size_ > kMostOfHead) {
    transfer.is_too_much_ = true;
    return 0;
  }
  transfer.take_header({bytes, size * count});
  return size * count;
}

void CurlTransfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // also after `100 Continue`, or what a proxy said
    head_ = {};
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return;
    const std::string_view number = line.substr(space + 1, 3);
    std::from_chars(number.data(), number.data() + number.size(), head_.status);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  head_.headers.push_back({small(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
}

std::size_t CurlTransfer::write_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlTransfer*>(self)->take({bytes, size * count}) ? size * count : 0;
}

bool CurlTransfer::take(std::string_view bytes) {
  if (!has_begun_) reader_->begin(head_);
  has_begun_ = true;
  is_too_much_ = !reader_->feed(bytes);
  return !is_too_much_;
}

Error CurlTransfer::error_of(int curl_code) const {
  const auto code = static_cast<CURLcode>(curl_code);
  if (is_too_much_)
    return {
        base::Fault::input, "read the answer of", url(), "it is larger than anything that was asked for", {}};
  std::string why = message_.substr(0, message_.find('\0'));
  if (why.empty()) why = ::curl_easy_strerror(code);
  const bool is_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
  const bool is_trust = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  return {is_url ? base::Fault::input : base::Fault::world, "send a request to", url(), std::move(why),
          is_trust ? "where the network has certificates of its own, name their file in SSL_CERT_FILE" : ""};
}

void CurlTransfer::end(int curl_code) {
  if (curl_code == CURLE_OK) return tell(std::nullopt);
  curl_off_t connected = 0;  // microseconds; also where the connection was there already
  ::curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &connected);
  was_sent_ = connected > 0;
  tell(error_of(curl_code), curl_code == CURLE_OPERATION_TIMEDOUT && was_sent_);
}

void CurlTransfer::end(Error error) {
  tell(std::move(error));
}

void CurlTransfer::tell(std::optional<Error> error, bool was_silent) {
  HttpEnd end;
  end.error = std::move(error);
  end.was_silent = was_silent;
  end.was_sent = was_sent_;
  if (head_.status != 0) {
    if (!has_begun_) reader_->begin(head_);
    has_begun_ = true;
    end.head = std::move(head_);
  }
  reader_.reset();
  if (const auto ended = std::exchange(ended_, nullptr)) ended(std::move(end));
}

}  // namespace fleet::net
