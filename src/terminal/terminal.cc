#include "terminal/terminal.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "base/unique_fd.h"
#include "terminal/choice.h"
#include "terminal/look.h"

namespace fleet::terminal {

namespace {

constexpr std::size_t kLongestAnswer = 4096;  // bytes

int descriptor(Stream stream) {
  return stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
}

class RealTerminal final : public Terminal {
 public:
  RealTerminal() : withdrawn_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void write(Stream stream, std::string_view text) override {
    const std::scoped_lock lock(writing_);
    const int fd = descriptor(stream);
    while (!text.empty()) {
      const ssize_t written = ::write(fd, text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {  // somebody who shares the terminal made it non-blocking
        pollfd ready{fd, POLLOUT, 0};
        ::poll(&ready, 1, -1);
      } else if (errno != EINTR) {
        if (stream == Stream::out && errno != EPIPE && output_error_ == 0) output_error_ = errno;
        return;
      }
    }
  }

  [[nodiscard]] int output_error() const override { return output_error_; }

  [[nodiscard]] Look look(Stream stream) const override {
    const int fd = descriptor(stream);
    const bool is_tty = ::isatty(fd) == 1;
    std::optional<int> columns;
    if (winsize size{}; is_tty && ::ioctl(fd, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
    const auto variables = [](std::string_view name) -> std::string_view {
      const char* value = std::getenv(std::string(name).c_str());
      return value == nullptr ? std::string_view() : value;
    };
    return look_of(variables, is_tty, columns);
  }

  [[nodiscard]] bool can_ask() const override {
    return !is_withdrawn_ && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  }

  [[nodiscard]] std::optional<std::string> ask(std::string_view question,
                                               std::span<const std::string> choices) override {
    const std::scoped_lock lock(asking_);
    while (can_ask()) {
      write(Stream::err, question_text(question, choices, look(Stream::err).colour));
      const auto line = read_line();
      if (!line) break;
      if (auto choice = choose(*line, choices)) return choice;
    }
    return std::nullopt;
  }

  void withdraw() override {
    is_withdrawn_ = true;
    const std::uint64_t one = 1;
    // Cannot fail: the counter is far from full, and a full one would wake as well.
    static_cast<void>(!::write(withdrawn_.get(), &one, sizeof one));
  }

 private:
  // Without its end. Nothing at the end of input and when the question is withdrawn.
  std::optional<std::string> read_line() {
    while (true) {
      if (const std::size_t end = input_.find('\n'); end != std::string::npos) {
        std::string line = input_.substr(0, end);
        input_.erase(0, end + 1);
        return line;
      }
      if (input_.size() > kLongestAnswer) input_.clear();
      pollfd ready[2] = {{STDIN_FILENO, POLLIN, 0}, {withdrawn_.get(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0 && errno != EINTR) return std::nullopt;
      if (is_withdrawn_) return std::nullopt;
      if (ready[0].revents == 0) continue;
      char buffer[512];
      const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return std::nullopt;
      if (count > 0) input_.append(buffer, static_cast<std::size_t>(count));
    }
  }

  std::mutex writing_;
  std::atomic<int> output_error_ = 0;
  std::mutex asking_;
  std::string input_;  // guarded by asking_
  base::UniqueFd withdrawn_;
  std::atomic<bool> is_withdrawn_ = false;
};

}  // namespace

std::unique_ptr<Terminal> real_terminal() {
  return std::make_unique<RealTerminal>();
}

}  // namespace fleet::terminal
