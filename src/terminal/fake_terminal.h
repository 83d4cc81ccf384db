#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/terminal.h"

namespace fleet::terminal {

// A Terminal for tests: keeps what was written and asked, and gives the answers it was told to. One thread.
class FakeTerminal final : public Terminal {
 public:
  Look looks;                       // of both streams
  std::string out, err;             // what was written
  std::deque<std::string> answers;  // to come; without any, nobody can be asked
  std::vector<std::string> asked;   // questions

  void write(Stream stream, std::string_view text) override { (stream == Stream::out ? out : err) += text; }
  [[nodiscard]] Look look(Stream) const override { return looks; }
  [[nodiscard]] bool can_ask() const override { return !answers.empty(); }
  [[nodiscard]] std::optional<std::string> ask(std::string_view question,
                                               std::span<const std::string>) override {
    asked.emplace_back(question);
    if (answers.empty()) return std::nullopt;
    std::string answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void withdraw() override { answers.clear(); }
};

}  // namespace fleet::terminal
