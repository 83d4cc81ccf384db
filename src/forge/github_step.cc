#include "forge/github_step.h"

#include <fmt/format.h>

#include <array>

#include "base/random.h"
#include "text/utf8.h"
#include "text/workflow_commands.h"

namespace fleet::forge {
namespace {

constexpr std::array<std::string_view, 3> kLevels{"error", "warning", "notice"};

// Nothing that is invisible, turns the direction of writing or is a command itself gets into the log.
std::string harmless(std::string_view text, text::Newlines newlines) {
  return text::defuse_commands(text::printable(text, newlines));
}

std::string message_of(std::string_view text) {
  std::string clean = harmless(text, text::Newlines::keep);
  if (clean.size() <= kLongestAnnotation) return clean;
  static constexpr std::string_view kCut = " ...";
  std::size_t end = kLongestAnnotation - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xc0u) == 0x80u)
    --end;
  return clean.substr(0, end).append(kCut);
}

std::string command_of(const Annotation& annotation) {
  std::vector<std::pair<std::string, std::string>> properties;
  if (!annotation.path.empty()) {
    properties.emplace_back("file", harmless(annotation.path, text::Newlines::escape));
    if (annotation.line > 0) properties.emplace_back("line", fmt::format("{}", annotation.line));
    if (annotation.column > 0) properties.emplace_back("col", fmt::format("{}", annotation.column));
  }
  if (!annotation.title.empty())
    properties.emplace_back("title", harmless(annotation.title, text::Newlines::escape));
  return text::workflow_command(kLevels.at(static_cast<std::size_t>(annotation.level)), properties,
                                message_of(annotation.message)) +
         "\n";
}

}  // namespace

std::string annotation_commands(const std::vector<Annotation>& annotations, std::string_view where) {
  std::array<std::size_t, kLevels.size()> all{};
  for (const Annotation& annotation : annotations)
    ++all.at(static_cast<std::size_t>(annotation.level));
  std::array<std::size_t, kLevels.size()> written{};
  std::string out;
  for (const Annotation& annotation : annotations) {
    const auto level = static_cast<std::size_t>(annotation.level);
    if (written.at(level) >= kMostAnnotations) continue;
    ++written.at(level);
    const std::size_t left = all.at(level) - written.at(level) + 1;
    if (written.at(level) == kMostAnnotations && left > 1) {
      out += command_of({annotation.level,
                         fmt::format("{} more", left),
                         fmt::format("GitHub shows {} of a step; {}", kMostAnnotations, where),
                         {},
                         0,
                         0});
    } else {
      out += command_of(annotation);
    }
  }
  return out;
}

std::string mask_commands(const std::vector<std::string>& secrets) {
  std::string out;
  for (const std::string& secret : secrets) {
    if (!secret.empty()) out += text::workflow_command("add-mask", {}, secret) + "\n";
  }
  return out;
}

std::string output_entries(const std::vector<std::pair<std::string, std::string>>& outputs) {
  std::string out;
  for (const auto& [name, value] : outputs) {
    const std::string end = "fleet_" + base::random_hex(32);
    out += fmt::format("{}<<{}\n{}\n{}\n", name, end, value, end);
  }
  return out;
}

}  // namespace fleet::forge
