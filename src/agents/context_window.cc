#include "agents/context_window.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/tool_box.h"
#include "text/utf8.h"

namespace fleet::agents {
namespace {

constexpr std::size_t kWorthLeavingOut = 400;  // bytes
constexpr std::size_t kKeptTurns = 4;          // of ours, the last, where that is enough
constexpr std::size_t kLastTurns = 1;
// What a provider adds that no request shows: how its model calls tools (346 tokens and more).
constexpr std::uint64_t kUnseen = 2'000;
constexpr double kMostBytesPerToken = 8;
constexpr double kBytesPerToken = 3;  // code has 3 to 4: rather too many tokens than too few

std::uint64_t size_of(const ModelTurn& turn) {
  std::uint64_t bytes = turn.text.size();
  for (const ToolCall& call : turn.calls)
    bytes += call.name.size() + call.arguments.size();
  return bytes;
}

std::uint64_t size_of(const UserTurn& turn) {
  std::uint64_t bytes = turn.text.size();
  for (const ToolResult& result : turn.results)
    bytes += result.text.size();
  return bytes;
}

std::uint64_t size_of(const Conversation& conversation) {
  std::uint64_t bytes = conversation.system.size();
  for (const Tool& tool : conversation.tools)
    bytes += tool.description.size() + 300;  // for its schema
  for (const Turn& turn : conversation.turns)
    bytes += std::visit([](const auto& one) { return size_of(one); }, turn);
  return bytes;
}

}  // namespace

ContextWindow::ContextWindow(std::optional<std::uint64_t> context, int output) {
  if (!context) return;
  const auto answer = static_cast<std::uint64_t>(std::max(output, 0));
  most_ = std::min(kUsual, *context - std::min(*context, answer + kUnseen));
}

std::uint64_t ContextWindow::estimate(const Conversation& conversation) const {
  const std::uint64_t bytes = size_of(conversation);
  // What a provider counts is believed within reason.
  const double told =
      static_cast<double>(counted_) / static_cast<double>(std::max<std::uint64_t>(counted_bytes_, 1));
  const double ratio =
      counted_bytes_ == 0 ? 1 / kBytesPerToken : std::clamp(told, 1 / kMostBytesPerToken, 1.0);
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * ratio);
}

void ContextWindow::counted(const model::Tokens& tokens, const Conversation& conversation) {
  counted_ = tokens.read() + tokens.output;
  counted_bytes_ = size_of(conversation);
  counted_body_ = sent_body_;
  is_counted_ = true;
}

std::uint64_t ContextWindow::most_read(std::uint64_t body_bytes) {
  sent_body_ = body_bytes;
  const std::uint64_t most = body_bytes + kUnseen;
  if (!is_counted_ || body_bytes < counted_body_) return most;
  return std::min(most, counted_ + (body_bytes - counted_body_));
}

void ContextWindow::refused(const Conversation& conversation) {
  most_ = std::min(most_, estimate(conversation)) / 2;
}

bool ContextWindow::fit(Conversation& conversation) {
  if (estimate(conversation) <= most_) return true;
  is_counted_ = false;
  for (const std::size_t kept : {kKeptTurns, kLastTurns}) {
    leave_out(conversation, conversation.turns.size() - std::min(conversation.turns.size(), 2 * kept));
    if (estimate(conversation) <= most_) return true;
  }
  cut_last(conversation);
  return estimate(conversation) <= most_;
}

// The newest results to shares of half the room: the model sees the beginning of each.
void ContextWindow::cut_last(Conversation& conversation) {
  auto* turn = std::get_if<UserTurn>(&conversation.turns.back());
  if (turn == nullptr || turn->results.empty()) return;
  const double bytes = static_cast<double>(size_of(conversation)) * static_cast<double>(most_) /
                       static_cast<double>(std::max<std::uint64_t>(estimate(conversation), 1)) / 2;
  const std::size_t share =
      std::max(kWorthLeavingOut, static_cast<std::size_t>(bytes) / turn->results.size());
  for (ToolResult& result : turn->results) {
    if (result.text.size() <= share) continue;
    result.text =
        text::to_valid_utf8(std::string_view(result.text).substr(0, share)) +
        fmt::format("\n(cut after {} of {} bytes: ask for less at once)", share, result.text.size());
  }
}

// Results in the turns before `end`, the oldest first, until there is room again.
void ContextWindow::leave_out(Conversation& conversation, std::size_t end) {
  for (std::size_t i = 0; i < end && estimate(conversation) > most_ / 2; ++i) {
    auto* turn = std::get_if<UserTurn>(&conversation.turns[i]);
    if (turn == nullptr) continue;
    for (ToolResult& result : turn->results) {
      if (result.text.size() < kWorthLeavingOut) continue;
      result.text =
          fmt::format("(left out to save room: {} bytes that `{}` brought; call it again if you need them)",
                      result.text.size(), describe_call(result.call));
    }
  }
}

}  // namespace fleet::agents
