#include "text/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "text/ascii.h"

namespace fleet::text {
namespace {

// A replacement is text and groups in turn; a piece is a group where `group` is not negative.
struct Piece {
  std::string text;
  int group = -1;
};

Result<std::vector<Piece>> parse_replacement(std::string_view text, const re2::RE2& re) {
  const int groups = re.NumberOfCapturingGroups();
  const auto refuse = [&](std::string why) {
    return base::fail_input("read the replacement", fmt::format("`{}`", text), std::move(why),
                            "write `$$` for a dollar");
  };
  std::vector<Piece> pieces(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      if (text[i] == '\\' && i + 1 < text.size() && is_ascii_digit(text[i + 1])) {
        return refuse(fmt::format("a group is written `${}`, not `\\{}`", text[i + 1], text[i + 1]));
      }
      pieces.back().text += text[i];
      continue;
    }
    ++i;
    if (i < text.size() && text[i] == '$') {
      pieces.back().text += '$';
      continue;
    }
    const bool braced = i < text.size() && text[i] == '{';
    if (braced) ++i;
    const std::size_t begin = i;
    if (braced && i < text.size() && !is_ascii_digit(text[i])) {
      const std::size_t end = std::min(text.find('}', i), text.size());
      const std::string name(text.substr(i, end - i));
      const auto known = re.NamedCapturingGroups().find(name);
      if (end == text.size() || known == re.NamedCapturingGroups().end())
        return refuse(fmt::format("there is no group `{}`", name));
      i = end;
      pieces.push_back({{}, known->second});
      pieces.emplace_back();
      continue;
    }
    int group = 0;
    constexpr std::size_t kMaxDigits = 3;
    while (i < text.size() && is_ascii_digit(text[i]) && i - begin < kMaxDigits)
      group = group * 10 + (text[i++] - '0');
    const bool closed = !braced || (i < text.size() && text[i] == '}');
    if (i == begin || !closed)
      return refuse(fmt::format("the `$` at byte {} is not followed by a group", begin - (braced ? 1 : 0)));
    if (group > groups)
      return refuse(fmt::format("there is no group {}, the expression has {}", group, groups));
    if (!braced) --i;
    pieces.push_back({{}, group});
    pieces.emplace_back();
  }
  return pieces;
}

std::string hint_for(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadPerlOp:
    case re2::RE2::ErrorBadEscape:
      return "RE2 has neither look-around nor back-references";
    case re2::RE2::ErrorPatternTooLarge:
      return "make its repetitions smaller";
    default:
      return "write `\\` before a character that stands for itself: `\\(`, `\\[`, `\\*`";
  }
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(const std::string& text, const re2::RE2::Options& options) : re(text, options) {}
  re2::RE2 re;
};

Result<Regex> Regex::parse(std::string_view text) {
  const auto refuse = [&](std::string why, std::string hint = {}) {
    return base::fail_input("read the regular expression", fmt::format("`{}`", text.substr(0, 100)),
                            std::move(why), std::move(hint));
  };
  if (text.size() > kMaxLength)
    return refuse(fmt::format("it has {} bytes, {} are allowed", text.size(), kMaxLength));
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const Compiled>("(?m)" + std::string(text), options);
  if (!compiled->re.ok()) {
    // The message quotes the expression, and so it should be the one that was written.
    const Compiled as_written(std::string(text), options);
    const re2::RE2& re = as_written.re.ok() ? compiled->re : as_written.re;
    return refuse(re.error(), hint_for(re.error_code()));
  }
  return Regex(std::move(compiled));
}

Result<> Regex::check_replacement(std::string_view replacement) const {
  FLEET_CHECK(parse_replacement(replacement, compiled_->re));
  return {};
}

Result<Regex::Replaced> Regex::replace_all(std::string_view text, std::string_view replacement) const {
  const int groups = compiled_->re.NumberOfCapturingGroups();
  FLEET_TRY(const std::vector<Piece> pieces, parse_replacement(replacement, compiled_->re));
  const re2::StringPiece input(text.data(), text.size());
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
  Replaced out;
  std::size_t done = 0;  // bytes copied or replaced
  std::size_t at = 0;    // where to look
  std::size_t last_end = std::string_view::npos;
  while (at <= text.size() &&
         compiled_->re.Match(input, at, text.size(), re2::RE2::UNANCHORED, found.data(), groups + 1)) {
    const auto begin = static_cast<std::size_t>(found[0].data() - text.data());
    const std::size_t end = begin + found[0].size();
    if (begin == end &&
        begin == last_end) {  // nothing, directly after a match: go on behind the next character
      do {
        ++at;
      } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
      continue;
    }
    out.text += text.substr(done, begin - done);
    for (const Piece& piece : pieces) {
      out.text += piece.text;
      if (piece.group >= 0) {
        const re2::StringPiece& group = found[static_cast<std::size_t>(piece.group)];
        out.text.append(group.data() == nullptr ? "" : group.data(), group.size());
      }
    }
    if (out.text.size() > kMaxResult) {
      return base::fail_input("replace", fmt::format("`{}`", compiled_->re.pattern().substr(4)),
                              fmt::format("the result has more than {} bytes", kMaxResult));
    }
    ++out.count;
    out.offsets.push_back(begin);
    done = end;
    at = end;
    last_end = end;
  }
  if (done < text.size()) out.text += text.substr(done);
  return out;
}

std::vector<std::string> Regex::group_names() const {
  std::vector<std::string> names(static_cast<std::size_t>(compiled_->re.NumberOfCapturingGroups()) + 1);
  for (const auto& [name, group] : compiled_->re.NamedCapturingGroups())
    names[static_cast<std::size_t>(group)] = name;
  return names;
}

bool Regex::is_found_in(std::string_view text) const {
  const re2::StringPiece input(text.data(), text.size());
  return compiled_->re.Match(input, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

bool Regex::find(std::string_view text, std::size_t from, Start start, std::span<Span> groups) const {
  const re2::StringPiece input(text.data(), text.size());
  const auto anchor = start == Start::at_once ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED;
  // Most searches find nothing, and to know that takes far less time without the groups.
  if (!compiled_->re.Match(input, from, text.size(), anchor, nullptr, 0)) return false;
  std::vector<re2::StringPiece> found(std::min(groups.size(), count_groups() + 1));
  if (found.empty()) return true;
  compiled_->re.Match(input, from, text.size(), anchor, found.data(), static_cast<int>(found.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = {};
    if (i >= found.size() || found[i].data() == nullptr) continue;
    groups[i].begin = static_cast<std::size_t>(found[i].data() - text.data());
    groups[i].end = groups[i].begin + found[i].size();
  }
  return true;
}

std::optional<std::size_t> Regex::group(std::string_view name) const {
  const auto& named = compiled_->re.NamedCapturingGroups();
  const auto found = named.find(std::string(name));
  if (found == named.end()) return std::nullopt;
  return static_cast<std::size_t>(found->second);
}

std::size_t Regex::count_groups() const {
  return static_cast<std::size_t>(compiled_->re.NumberOfCapturingGroups());
}

}  // namespace fleet::text
