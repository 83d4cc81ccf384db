#include <fmt/format.h>

#include <cstdlib>

#include "agents/cli_program.h"
#include "agents/json_reader.h"

// aider, which prints text alone: aider/coders/base_coder.py of github.com/Aider-AI/aider writes the line
// "Tokens: 2.3k sent, 1.2k cache hit, 512 received. Cost: $0.01 message, $0.02 session."
namespace fleet::agents {
namespace {

class AiderReader final : public CliReader {
 public:
  std::string feed(std::string_view bytes) override {
    rest_ += bytes;
    std::size_t end = 0;
    while ((end = rest_.find('\n')) != std::string::npos) {
      take(std::string_view(rest_).substr(0, end));
      rest_.erase(0, end + 1);
    }
    if (rest_.size() > JsonLines::kMaxLine) rest_.clear();
    return std::string(bytes);
  }
  std::string finish() override {
    take(rest_);
    rest_.clear();
    return {};
  }
  const CliReport& report() const override { return report_; }

 private:
  void take(std::string_view line) {
    constexpr std::string_view kTokens = "Tokens: ";
    constexpr std::string_view kApplied = "Applied edit to ";
    if (line.starts_with(kTokens)) {
      report_.error.clear();  // it asked again by itself, and was answered
      report_.ended = true;   // an answer came, which is all that can be told
      report_.turns = report_.turns.value_or(0) + 1;
      take_tokens(line.substr(kTokens.size()));
    } else if (line.starts_with(kApplied)) {
      report_.summary = line;
    } else if (line.starts_with("litellm.") && line.find("Error") != std::string_view::npos) {
      report_.error = line;
    }
  }

  void take_tokens(std::string_view text) {
    model::Tokens tokens;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find_first_of(",.", skip_number(text, at)), text.size());
      const std::string_view part = text.substr(at, end - at);
      const auto count = static_cast<std::uint64_t>(number(part));
      if (part.ends_with(" sent")) tokens.input = count;
      if (part.ends_with(" cache write")) tokens.cache_writes = count;
      if (part.ends_with(" cache hit")) tokens.cached_input = count;
      if (part.ends_with(" received")) tokens.output = count;
      if (end == text.size() || text[end] == '.') break;
      at = std::min(text.find_first_not_of(' ', end + 1), text.size());
    }
    if (!report_.cost.tokens) report_.cost.tokens.emplace();
    *report_.cost.tokens += tokens;
    const std::size_t session = text.find(" session");
    const std::size_t dollar = session == std::string_view::npos ? session : text.rfind('$', session);
    if (dollar != std::string_view::npos) {
      const double usd = number(text.substr(dollar + 1, session - dollar - 1));
      if (usd > 0 && usd <= kMostUsd) report_.cost.usd = usd;
    }
  }

  // A full stop within a number ends nothing.
  static std::size_t skip_number(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of("0123456789.", at), text.size());
  }
  // `2.3k`, `1.1M`
  static double number(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (!(value >= 0 && value < 1e12)) return 0;
    return value * (*end == 'k' ? 1e3 : *end == 'M' ? 1e6 : 1);
  }

  std::string rest_;
  CliReport report_;
};

RunProgram invoke_aider(const CliTask& task) {
  RunProgram run;
  run.argv = {"aider",
              "--message-file",
              "~/prompt.md",
              "--yes-always",
              "--no-stream",
              "--no-pretty",
              "--no-fancy-input",
              "--no-check-update",
              "--no-show-model-warnings",
              "--no-show-release-notes",
              "--analytics-disable",
              "--no-gitignore",
              "--no-auto-commits",
              "--no-dirty-commits"};
  if (!task.who.model.empty()) {
    run.argv.emplace_back("--model");
    run.argv.push_back(task.who.model);
  }
  run.home.push_back({"prompt.md", task.prompt});
  return run;
}

}  // namespace

const CliProgram kAider{
    "aider", "python3 -m pip install aider-chat", "", false, invoke_aider, make_reader<AiderReader>, nullptr};

}  // namespace fleet::agents
