#include "dependencies/maven_version.h"

#include <algorithm>
#include <array>

#include "dependencies/digits.h"

namespace fleet::dependencies {
namespace {

using Item = MavenVersion::Item;
using Kind = Item::Kind;

// Below the release, itself, and above it; what is not known comes last, by its letters.
constexpr std::array<std::string_view, 7> kQualifiers{"alpha",    "beta", "milestone", "rc",
                                                      "snapshot", "",     "sp"};
constexpr std::size_t kRelease = 5;

std::size_t rank(const std::string& qualifier) {
  return static_cast<std::size_t>(std::find(kQualifiers.begin(), kQualifiers.end(), qualifier) -
                                  kQualifiers.begin());
}

Item number(std::string_view digits) {
  return {Kind::number, std::string(without_leading_zeros(digits)), {}};
}

Item qualifier(std::string_view text, bool before_digit) {
  if (before_digit && text == "a") text = "alpha";
  if (before_digit && text == "b") text = "beta";
  if (before_digit && text == "m") text = "milestone";
  if (text == "ga" || text == "final" || text == "release") text = "";
  if (text == "cr") text = "rc";
  return {Kind::qualifier, std::string(text), {}};
}

bool is_null(const Item& item) {
  if (item.kind == Kind::list) return item.items.empty();
  return item.text.empty();
}

// What counts for nothing at the end of a list, or before the lists at its end.
void normalise(Item& list) {
  for (std::size_t i = list.items.size(); i-- > 0;) {
    if (is_null(list.items[i])) {
      list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (list.items[i].kind != Kind::list) {
      break;
    }
  }
}

std::weak_ordering compare(const Item& left, const Item& right);

std::weak_ordering compare_to_nothing(const Item& item) {
  switch (item.kind) {
    case Kind::number:
      return item.text.empty() ? std::weak_ordering::equivalent : std::weak_ordering::greater;
    case Kind::qualifier:
      return rank(item.text) <=> kRelease;
    case Kind::list:
      break;
  }
  for (const Item& inner : item.items) {
    if (const auto order = compare_to_nothing(inner); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering reversed(std::weak_ordering order) {
  return 0 <=> order;
}

std::weak_ordering compare_lists(const Item& left, const Item& right) {
  const std::size_t longest = std::max(left.items.size(), right.items.size());
  for (std::size_t i = 0; i < longest; ++i) {
    const auto order = i >= left.items.size()    ? reversed(compare_to_nothing(right.items[i]))
                       : i >= right.items.size() ? compare_to_nothing(left.items[i])
                                                 : compare(left.items[i], right.items[i]);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering compare(const Item& left, const Item& right) {
  // 1-sp < 1-1 < 1.1
  static constexpr std::array<int, 3> kHeight{2, 0, 1};  // number, qualifier, list
  if (left.kind != right.kind) {
    return kHeight[static_cast<std::size_t>(left.kind)] <=> kHeight[static_cast<std::size_t>(right.kind)];
  }
  switch (left.kind) {
    case Kind::number:
      return compare_digits(left.text, right.text);
    case Kind::qualifier:
      if (const auto order = rank(left.text) <=> rank(right.text); order != 0) return order;
      return rank(left.text) < kQualifiers.size() ? std::weak_ordering::equivalent
                                                  : std::weak_ordering(left.text.compare(right.text) <=> 0);
    case Kind::list:
      break;
  }
  return compare_lists(left, right);
}

// Builds the lists from left to right: each is the last item of the one before.
class MavenParser {
 public:
  explicit MavenParser(Item& root) : open_{&root} {}

  void parse(std::string_view text) {
    bool is_digit = false;
    std::size_t start = 0;
    const auto part = [&](std::size_t end) { return text.substr(start, end - start); };
    const auto add_part = [&](std::size_t end) {
      add(is_digit ? number(part(end)) : qualifier(part(end), false));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '.' || c == '-') {
        if (i == start) {
          add(number({}));
        } else {
          add_part(i);
        }
        start = i + 1;
        if (c == '-') open();
      } else if (text::is_ascii_digit(c)) {
        if (!is_digit && i > start) {
          open_unless_first();
          add(qualifier(part(i), true));
          start = i;
          open();
        }
        is_digit = true;
      } else {
        if (is_digit && i > start) {
          add(number(part(i)));
          start = i;
          open();
        }
        is_digit = false;
      }
    }
    if (start < text.size()) {
      if (!is_digit) open_unless_first();
      add_part(text.size());
    }
    while (!open_.empty()) {
      normalise(*open_.back());
      open_.pop_back();
    }
  }

 private:
  void add(Item item) { open_.back()->items.push_back(std::move(item)); }
  void open() {
    add({});
    open_.push_back(&open_.back()->items.back());
  }
  void open_unless_first() {
    if (!open_.back()->items.empty()) open();
  }

  std::vector<Item*> open_;  // each is the last item of the one before it, and so stays where it is
};

}  // namespace

MavenVersion::MavenVersion(std::string_view text) {
  MavenParser(root_).parse(text::to_ascii_lower(text));
}

std::weak_ordering MavenVersion::operator<=>(const MavenVersion& other) const {
  return compare_lists(root_, other.root_);
}

}  // namespace fleet::dependencies
