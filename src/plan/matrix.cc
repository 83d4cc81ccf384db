#include "plan/matrix.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "plan/planner.h"

namespace fleet::plan {

namespace {

constexpr std::size_t kLongestSlug = 60;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Letters, digits, `_` and single `-`: what stands in a task's id anyway.
std::string slug_of(std::string_view label) {
  std::string slug;
  for (const char c : label) {
    if (is_plain(c)) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() == kLongestSlug) break;
  }
  while (!slug.empty() && slug.back() == '-')
    slug.pop_back();
  return slug;
}

// Refs may be files on a file system that ignores case, and git refuses names that end in `.lock`.
std::string folded(std::string slug) {
  for (char& c : slug) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return slug;
}

// The product of the axes; 0 when there are none, one is empty, or the product is past the bound.
std::size_t product_of(const model::TaskSpec& task) {
  std::size_t count = task.matrix.empty() ? 0 : 1;
  for (const auto& [axis, values] : task.matrix) {
    count *= values.size();
    if (count > kMaxCells) return 0;
  }
  return count;
}

}  // namespace

std::uint32_t cell_count(const model::TaskSpec& task) {
  return static_cast<std::uint32_t>(std::max(product_of(task), std::size_t{1}));
}

std::vector<Cell> cells(const model::TaskSpec& task) {
  const std::size_t count = product_of(task);
  if (count == 0) return {Cell{}};
  std::vector<Cell> out(count);
  std::set<std::string> taken{"lock"};
  std::map<std::string, int> copies_of;
  for (std::size_t i = 0; i < count; ++i) {
    Cell& cell = out[i];
    std::size_t rest = i;
    std::size_t block = count;
    for (const auto& [axis, values] : task.matrix) {
      block /= values.size();
      const std::string& value = values[rest / block];
      rest %= block;
      cell.values[axis] = value;
      cell.label += (cell.label.empty() ? "" : ", ") + value;
    }
    const std::string wanted = slug_of(cell.label).empty() ? "cell" : slug_of(cell.label);
    cell.slug = wanted;
    int& copies = copies_of[folded(wanted)];
    while (!taken.insert(folded(cell.slug)).second)
      cell.slug = wanted + "-" + std::to_string(++copies + 1);
  }
  return out;
}

}  // namespace fleet::plan
