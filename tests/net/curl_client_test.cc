#include "net/curl_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/unique_fd.h"

namespace fleet::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

// A server that gives each connection to `serve`, one thread each, for as long as it lives.
class Server {
 public:
  explicit Server(std::function<void(int socket, const std::string& head)> serve) : serve_(std::move(serve)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 1000), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }
  ~Server() {
    closing_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    accepting_.join();
    for (std::thread& thread : serving_)
      thread.join();
  }

  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] bool is_closing() const { return closing_; }

 private:
  void accept() {
    while (true) {
      base::UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!socket) return;
      ++connections_;
      serving_.emplace_back([this, socket = std::move(socket)] {
        std::string head;
        char bytes[4096];
        while (!closing_) {
          pollfd poll{socket.get(), POLLIN, 0};
          if (::poll(&poll, 1, 20) == 0) continue;
          const auto got = ::recv(socket.get(), bytes, sizeof bytes, 0);
          if (got <= 0) return;
          head.append(bytes, static_cast<std::size_t>(got));
          if (head.find("\r\n\r\n") == std::string::npos) continue;
          serve_(socket.get(), head);
          head.clear();
        }
      });
    }
  }

  std::function<void(int, const std::string&)> serve_;
  base::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> closing_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

void write(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

struct Collect final : BodyReader {
  explicit Collect(std::size_t bound = SIZE_MAX) : most(bound) {}
  void begin(const HttpHead& answer) override { head = answer; }
  bool feed(std::string_view bytes) override {
    body += bytes;
    return body.size() <= most;
  }
  std::size_t most;
  HttpHead head;
  std::string body;
};

// Waits for the end of one request.
class Ending {
 public:
  std::function<void(HttpEnd)> callback() {
    return [this](HttpEnd end) {
      const std::lock_guard lock(mutex_);
      EXPECT_FALSE(end_.has_value()) << "told twice";
      end_ = std::move(end);
      changed_.notify_all();
    };
  }
  HttpEnd wait() {
    std::unique_lock lock(mutex_);
    const bool has_come = changed_.wait_for(lock, std::chrono::seconds(30), [&] { return end_.has_value(); });
    EXPECT_TRUE(has_come);
    return has_come ? *end_ : HttpEnd{};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<HttpEnd> end_;
};

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

TEST(CurlClient, SendsWhatItIsGivenAndStreamsTheAnswer) {
  std::string asked;
  Server server([&](int socket, const std::string& head) {
    asked = head;
    write(socket,
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Two:  a b \r\nTransfer-Encoding: "
          "chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
      write(socket, "5\r\nhello\r\n");
    }
    write(socket, "0\r\n\r\n");
  });
  auto client = make_curl_client();
  HttpRequest request = get(server.url("/v1/messages?a=b"));
  request.method = "POST";
  request.headers = {{"x-api-key", "k"}, {"content-type", "application/json"}};
  request.body = "{}";
  auto reader = std::make_shared<Collect>();
  Ending ending;
  client->send(request, reader, ending.callback());
  const HttpEnd end = ending.wait();
  EXPECT_FALSE(end.error) << end.error->message();
  ASSERT_TRUE(end.head);
  EXPECT_EQ(end.head->status, 200);
  EXPECT_EQ(end.head->header("x-two"), "a b");
  EXPECT_EQ(reader->head.header("content-type"), "text/event-stream");
  EXPECT_EQ(reader->body, "hellohellohello");
  EXPECT_THAT(asked, AllOf(HasSubstr("POST /v1/messages?a=b HTTP/1.1\r\n"), HasSubstr("x-api-key: k\r\n"),
                           HasSubstr("content-type: application/json\r\n"), HasSubstr("User-Agent: fleet/")));
}

TEST(CurlClient, FollowsNoRedirect) {
  Server elsewhere([](int, const std::string&) { ADD_FAILURE() << "a key would have gone there"; });
  Server server([&](int socket, const std::string&) {
    write(socket, "HTTP/1.1 307 Go\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = make_curl_client();
  Ending ending;
  client->send(get(server.url()), std::make_shared<Collect>(), ending.callback());
  const HttpEnd end = ending.wait();
  ASSERT_TRUE(end.head);
  EXPECT_EQ(end.head->status, 307);
}

TEST(CurlClient, UsesAConnectionAgain) {
  Server server([](int socket, const std::string&) {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  auto client = make_curl_client();
  for (int i = 0; i < 5; ++i) {
    Ending ending;
    client->send(get(server.url()), std::make_shared<Collect>(), ending.callback());
    EXPECT_FALSE(ending.wait().error);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlClient, TellsHowARequestFailed) {
  Server cut([](int socket, const std::string&) {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    ::shutdown(socket, SHUT_RDWR);
  });
  auto client = make_curl_client();
  const auto end_of = [&client](const std::string& url, std::shared_ptr<Collect> reader) {
    Ending ending;
    client->send(get(url), std::move(reader), ending.callback());
    return ending.wait();
  };
  auto reader = std::make_shared<Collect>();
  HttpEnd end = end_of(cut.url(), reader);
  ASSERT_TRUE(end.head && end.error);
  EXPECT_EQ(reader->body, "half");
  EXPECT_EQ(end.error->fault, base::Fault::world);

  end = end_of("http://127.0.0.1:1/", std::make_shared<Collect>());
  ASSERT_TRUE(end.error);
  EXPECT_FALSE(end.head);
  EXPECT_THAT(end.error->message(), HasSubstr("127.0.0.1"));

  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "http://", "no url"}) {
    end = end_of(url, std::make_shared<Collect>());
    ASSERT_TRUE(end.error) << url;
    EXPECT_EQ(end.error->fault, base::Fault::input) << url << ": " << end.error->message();
  }
}

TEST(CurlClient, EndsWhatIsLargerThanItsReaderTakes) {
  Server server([](int socket, const std::string&) {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + std::string(10'000'000, 'x'));
  });
  auto client = make_curl_client();
  auto reader = std::make_shared<Collect>(100'000);
  Ending ending;
  client->send(get(server.url()), reader, ending.callback());
  const HttpEnd end = ending.wait();
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->fault, base::Fault::input);
  EXPECT_LT(reader->body.size(), 1'000'000);
}

TEST(CurlClient, EndsASilentConnection) {
  Server server(
      [](int socket, const std::string&) { write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"); });
  auto client = make_curl_client();
  HttpRequest request = get(server.url());
  request.idle_timeout = std::chrono::seconds(1);
  Ending ending;
  client->send(request, std::make_shared<Collect>(), ending.callback());
  const HttpEnd end = ending.wait();
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->fault, base::Fault::world);
  EXPECT_TRUE(end.was_silent);
}

TEST(CurlClient, CallsOffOneAndWhatIsLeftAtTheEnd) {
  Server server([](int, const std::string&) {});  // never answers
  Ending one;
  Ending other;
  {
    auto client = make_curl_client();
    const auto id = client->send(get(server.url()), std::make_shared<Collect>(), one.callback());
    client->send(get(server.url()), std::make_shared<Collect>(), other.callback());
    client->cancel(id);
    EXPECT_TRUE(one.wait().error);
    client->cancel(id);  // once more is nothing
  }
  EXPECT_TRUE(other.wait().error);
}

TEST(CurlClient, RefusesAHeaderThatWouldBeTwo) {
  auto client = make_curl_client();
  HttpRequest request = get("http://127.0.0.1:1/");
  request.headers = {{"x-api-key", "k\r\nhost: elsewhere"}};
  Ending ending;
  client->send(request, std::make_shared<Collect>(), ending.callback());
  const HttpEnd end = ending.wait();
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->fault, base::Fault::input);
}

TEST(CurlClient, HasHundredsUnderWayAtOnce) {
  constexpr int kMany = 200;
  Server server([](int socket, const std::string& head) {
    const std::size_t begin = head.find('/') + 1;
    const std::string name = head.substr(begin, head.find(' ', begin) - begin);
    write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
      write(socket, "1\r\n.\r\n");
      std::this_thread::sleep_for(milliseconds(5));
    }
    write(socket, "3\r\n" + name + "\r\n0\r\n\r\n");
  });
  auto client = make_curl_client();
  std::vector<std::shared_ptr<Collect>> readers;
  std::vector<std::unique_ptr<Ending>> endings;
  for (int i = 0; i < kMany; ++i) {
    readers.push_back(std::make_shared<Collect>());
    endings.push_back(std::make_unique<Ending>());
    client->send(get(server.url("/" + std::to_string(100 + i))), readers.back(), endings.back()->callback());
  }
  for (int i = 0; i < kMany; ++i) {
    const HttpEnd end = endings[i]->wait();
    EXPECT_FALSE(end.error) << end.error->message();
    EXPECT_EQ(readers[i]->body, std::string(20, '.') + std::to_string(100 + i));
  }
}

}  // namespace
}  // namespace fleet::net
