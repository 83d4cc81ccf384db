#include "git/message.h"

#include <algorithm>

namespace fleet::git {
namespace {

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\0') continue;
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  const auto last = out.find_last_not_of(' ');
  out.resize(last == out.npos ? 0 : last + 1);
  return out.substr(std::min(out.find_first_not_of(' '), out.size()));
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == line.npos;
}

}  // namespace

std::string compose_message(std::string_view subject, std::string_view body,
                            std::span<const Trailer> trailers) {
  std::string out = one_line(subject) + '\n';
  std::string text;
  std::copy_if(body.begin(), body.end(), std::back_inserter(text), [](char c) { return c != '\0'; });
  text.resize(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
  if (!text.empty()) out += '\n' + text + '\n';
  if (!trailers.empty()) out += '\n';
  for (const Trailer& trailer : trailers)
    out += trailer.key + ": " + one_line(trailer.value) + '\n';
  return out;
}

std::vector<std::string> all_trailers(std::string_view message, std::string_view key) {
  std::vector<std::string> found;
  bool after_subject = false;
  bool new_paragraph = false;
  while (!message.empty()) {
    const std::string_view line = message.substr(0, message.find('\n'));
    message.remove_prefix(std::min(line.size() + 1, message.size()));
    if (is_blank(line)) {
      after_subject = new_paragraph = true;
      continue;
    }
    if (new_paragraph) found.clear();  // what stood there was not the last paragraph
    new_paragraph = false;
    if (after_subject && line.starts_with(key) && line.substr(key.size()).starts_with(": ")) {
      found.emplace_back(line.substr(key.size() + 2));
    }
  }
  return found;
}

std::string without_trailer(std::string_view message, std::string_view key) {
  const auto end = message.find_last_not_of('\n');
  const auto last_paragraph = message.rfind("\n\n", end);
  if (end == message.npos || last_paragraph == message.npos) return std::string(message);
  std::string out(message.substr(0, last_paragraph + 2));
  for (std::string_view rest = message.substr(out.size()); !rest.empty();) {
    const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
    rest.remove_prefix(line.size());
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with(": ")) out += line;
  }
  return out;
}

std::optional<std::string> trailer(std::string_view message, std::string_view key) {
  auto all = all_trailers(message, key);
  if (all.empty()) return std::nullopt;
  return std::move(all.back());
}

}  // namespace fleet::git
