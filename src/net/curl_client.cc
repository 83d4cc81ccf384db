#include "net/curl_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <variant>

#include "base/assert.h"
#include "base/sync.h"
#include "base/thread.h"
#include "base/unique_fd.h"
#include "net/curl_transfer.h"

namespace fleet::net {
namespace {

using Clock = std::chrono::steady_clock;

struct Send {
  std::uint64_t id;
  std::unique_ptr<CurlTransfer> transfer;
};
struct Cancel {
  std::uint64_t id;
};
using Order = std::variant<Send, Cancel>;

Error cancelled(const std::string& url) {
  return {base::Fault::world, "finish the request to", url, "it was called off", {}};
}

// All that belongs to the network's thread: libcurl says which sockets it waits for and until when
// (CURLMOPT_SOCKETFUNCTION, CURLMOPT_TIMERFUNCTION), and epoll waits.
class Transfers {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Transfers>> create() {
    auto transfers = std::make_unique<Transfers>();
    transfers->epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    transfers->wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    transfers->multi_ = ::curl_multi_init();
    if (!transfers->epoll_ || !transfers->wake_ || transfers->multi_ == nullptr)
      return base::fail_errno("prepare", "the network", errno);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = transfers->wake_.get();
    if (::epoll_ctl(transfers->epoll_.get(), EPOLL_CTL_ADD, transfers->wake_.get(), &event) != 0)
      return base::fail_errno("prepare", "the network", errno);
    transfers->set_up();
    return transfers;
  }
  Transfers() = default;
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;
  ~Transfers() {
    for (auto& [id, transfer] : open_) {
      ::curl_multi_remove_handle(multi_, transfer->handle());
      transfer->end(cancelled(transfer->url()));
    }
    if (multi_ != nullptr) ::curl_multi_cleanup(multi_);
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  void add(Send send) {
    CURL* handle = send.transfer->handle();
    const auto [at, is_new] = open_.emplace(send.id, std::move(send.transfer));
    FLEET_ASSERT(is_new, "a request has an id of its own");
    at->second->set_id(send.id);
    if (const CURLMcode code = ::curl_multi_add_handle(multi_, handle); code != CURLM_OK) {
      at->second->end(
          {base::Fault::world, "send a request to", at->second->url(), curl_multi_strerror(code), {}});
      open_.erase(at);
    }
  }

  void cancel(std::uint64_t id) {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    ::curl_multi_remove_handle(multi_, found->second->handle());
    const auto transfer = std::move(found->second);
    open_.erase(found);
    transfer->end(cancelled(transfer->url()));
  }

  // Until something happened.
  void turn() {
    constexpr int kAtOnce = 64;
    std::array<epoll_event, kAtOnce> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), kAtOnce, milliseconds_to_wait());
    int running = 0;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == wake_.get()) {
        std::uint64_t times = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &times, sizeof times);
        continue;
      }
      const int what = ((events[i].events & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
                       ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((events[i].events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
      ::curl_multi_socket_action(multi_, events[i].data.fd, what, &running);
    }
    if (deadline_ && *deadline_ <= Clock::now()) {
      deadline_.reset();
      ::curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_ended();
  }

 private:
  void set_up() {
    ::curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Transfers::watch);
    ::curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    ::curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Transfers::set_timer);
    ::curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  }

  // libcurl tells a socket that it has just closed apart only by CURL_POLL_REMOVE, and by then epoll has
  // forgotten it itself.
  static int watch(CURL*, curl_socket_t socket, int what, void* self_pointer, void* known) {
    auto& self = *static_cast<Transfers*>(self_pointer);
    if (what == CURL_POLL_REMOVE) {
      ::epoll_ctl(self.epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
      return 0;
    }
    epoll_event event{};
    event.data.fd = socket;
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    ::epoll_ctl(self.epoll_.get(), known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    if (known == nullptr) ::curl_multi_assign(self.multi_, socket, self_pointer);
    return 0;
  }

  static int set_timer(CURLM*, long milliseconds, void* self_pointer) {
    auto& self = *static_cast<Transfers*>(self_pointer);
    self.deadline_.reset();
    if (milliseconds >= 0) self.deadline_ = Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  [[nodiscard]] int milliseconds_to_wait() const {
    if (!deadline_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  void take_ended() {
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;  // the message is gone with the handle
      ::curl_multi_remove_handle(multi_, handle);
      const auto found = open_.find(CurlTransfer::of(handle).id());
      FLEET_ASSERT(found != open_.end(), "only what was added can end");
      const auto transfer = std::move(found->second);
      open_.erase(found);
      transfer->end(code);
    }
  }

  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  CURLM* multi_ = nullptr;
  std::optional<Clock::time_point> deadline_;
  std::unordered_map<std::uint64_t, std::unique_ptr<CurlTransfer>> open_;
};

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(CurlOptions options) : options_(std::move(options)) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override {
    if (!thread_.joinable()) return;
    {
      // Under the lock, without which the thread does not see that it is to close, and takes nothing down.
      auto queue = queue_.lock();
      queue->closing = true;
      transfers_->wake();
    }
    thread_.join();
  }

  RequestId send(HttpRequest request, std::shared_ptr<BodyReader> reader,
                 std::function<void(HttpEnd)> ended) override {
    const auto refuse = [&ended](Error error) {
      ended({std::nullopt, std::move(error)});
      return RequestId{};
    };
    if (auto started = start(); !started) return refuse(std::move(started).error());
    auto transfer = CurlTransfer::create(std::move(request), options_.ca_file, std::move(reader), ended);
    if (!transfer) return refuse(std::move(transfer).error());
    auto queue = queue_.lock();
    const RequestId id{++queue->last_id};
    queue->orders.emplace_back(Send{id.value, *std::move(transfer)});
    if (queue->orders.size() == 1) transfers_->wake();
    return id;
  }

  void cancel(RequestId id) override {
    if (id.value == 0) return;
    auto queue = queue_.lock();
    queue->orders.emplace_back(Cancel{id.value});
    if (queue->orders.size() == 1) transfers_->wake();
  }

 private:
  struct Queue {
    std::deque<Order> orders;
    std::uint64_t last_id = 0;
    bool closing = false;
  };

  Result<> start() {
    std::call_once(starting_, [this] { started_ = try_to_start(); });
    return started_;
  }

  Result<> try_to_start() {
    // Safe beside other threads in every build of libcurl that has CURL_VERSION_THREADSAFE (7.84), and never
    // undone: other libraries may use it too.
    if (const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
      return base::fail_world("prepare", "the network", curl_easy_strerror(code));
    FLEET_TRY(transfers_, Transfers::create());
    FLEET_TRY(thread_, base::start_thread([this] { work(); }));
    return {};
  }

  void work() {
    while (true) {
      std::deque<Order> orders;
      {
        auto queue = queue_.lock();
        orders.swap(queue->orders);
        if (queue->closing) break;
      }
      for (Order& order : orders) {
        if (auto* send = std::get_if<Send>(&order)) {
          transfers_->add(std::move(*send));
        } else {
          transfers_->cancel(std::get<Cancel>(order).id);
        }
      }
      transfers_->turn();
    }
    transfers_.reset();
  }

  const CurlOptions options_;
  std::once_flag starting_;
  Result<> started_;
  std::unique_ptr<Transfers> transfers_;
  base::Sync<Queue> queue_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<HttpClient> make_curl_client(CurlOptions options) {
  return std::make_unique<CurlClient>(std::move(options));
}

}  // namespace fleet::net
