#include "analysis/flow_value.h"

#include <bit>

namespace fleet::analysis {
namespace {

// Paths of many parts are cut off where they are made, and functions with very many variables are rare.
constexpr std::size_t kMostPaths = 2'000;

bool is_below(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '.';
}

}  // namespace

FlowValue joined(const FlowValue& a, const FlowValue& b) {
  FlowValue out;
  out.trust = std::max(a.trust, b.trust);
  if (a.is_tainted() && b.is_tainted()) {
    out.sources = a.sources | b.sources;
    out.cleaned = a.cleaned & b.cleaned;
    // The way of the one that is worse.
    out.step = std::popcount(b.cleaned) < std::popcount(a.cleaned) ? b.step : a.step;
  } else if (out.is_tainted()) {
    const FlowValue& bad = a.is_tainted() ? a : b;
    out.sources = bad.sources;
    out.cleaned = bad.cleaned;
    out.step = bad.step;
  }
  if (a.number == b.number) out.number = a.number;
  if (a.text == b.text) out.text = a.text;
  return out;
}

std::size_t FlowEnv::place(std::string_view path) const {
  const auto at =
      std::lower_bound(values_.begin(), values_.end(), path,
                       [](const auto& each, std::string_view wanted) { return each.first < wanted; });
  return static_cast<std::size_t>(at - values_.begin());
}

std::optional<FlowValue> FlowEnv::part(std::string_view path) const {
  while (true) {
    const std::size_t at = place(path);
    if (at < values_.size() && values_[at].first == path) return values_[at].second;
    const std::size_t dot = path.rfind('.');
    if (dot == path.npos) return std::nullopt;
    path = path.substr(0, dot);
  }
}

std::optional<FlowValue> FlowEnv::whole(std::string_view path) const {
  std::optional<FlowValue> value = part(path);
  for (std::size_t at = place(path); at < values_.size() && values_[at].first.starts_with(path); ++at) {
    if (!is_below(values_[at].first, path)) continue;
    value = value ? joined(*value, values_[at].second) : values_[at].second;
  }
  return value;
}

void FlowEnv::set(std::string_view path, const FlowValue& value) {
  std::erase_if(values_, [&](const auto& each) { return is_below(each.first, path); });
  const std::size_t at = place(path);
  if (at < values_.size() && values_[at].first == path) {
    values_[at].second = value;
  } else if (values_.size() < kMostPaths) {
    values_.emplace(values_.begin() + static_cast<std::ptrdiff_t>(at), path, value);
  }
}

void FlowEnv::add(std::string_view path, const FlowValue& value) {
  const std::optional<FlowValue> before = part(path);
  const std::size_t at = place(path);
  const FlowValue now = before ? joined(*before, value) : value;
  if (at < values_.size() && values_[at].first == path) {
    values_[at].second = now;
  } else if (values_.size() < kMostPaths) {
    values_.emplace(values_.begin() + static_cast<std::ptrdiff_t>(at), path, now);
  }
}

void FlowEnv::join(const FlowEnv& other) {
  if (!other.is_reachable) return;
  if (!is_reachable) {
    *this = other;
    return;
  }
  FlowEnv out;
  const auto add = [&](std::string_view path, const FlowValue& value) {
    if (out.values_.empty() || out.values_.back().first != path) out.values_.emplace_back(path, value);
  };
  auto one = values_.begin();
  auto two = other.values_.begin();
  while (one != values_.end() || two != other.values_.end()) {
    const bool from_one = two == other.values_.end() || (one != values_.end() && one->first <= two->first);
    const bool from_two = one == values_.end() || (two != other.values_.end() && two->first <= one->first);
    if (from_one && from_two) {
      add(one->first, joined(one->second, two->second));
    } else {
      // What only one of them holds by itself may be a part of what the other holds.
      const auto& held = from_one ? *one : *two;
      const std::optional<FlowValue> there = (from_one ? other : *this).part(held.first);
      add(held.first, there ? joined(held.second, *there) : held.second);
    }
    if (from_one) ++one;
    if (from_two) ++two;
  }
  values_ = std::move(out.values_);
}

}  // namespace fleet::analysis
