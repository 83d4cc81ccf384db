#include "analysis/duplicates.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/node_parts.h"

namespace fleet::analysis {
namespace {

using syntax::Node;
using syntax::Tree;

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;  // odd: no power of it is 0
constexpr std::uint32_t kNone = UINT32_MAX;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v\\") == std::string_view::npos;
}

std::uint32_t count_lines(std::string_view text) {
  const auto feeds = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  return feeds + (text.empty() || text.back() == '\n' ? 0 : 1);
}

// Where each run of tokens was met, by a hash of it: first, and last. A table of its own, as one with a node
// for each run would take four times the memory.
class RunTable {
 public:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t first = kNone, last = kNone;
  };

  explicit RunTable(std::size_t runs) {
    std::size_t size = 16;
    while (size * 2 < runs * 3)
      size *= 2;
    slots_.resize(size);
  }

  // The run's slot; free where its `first` is kNone.
  Slot& of(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (hash ^ (hash >> 32)) & mask;
    while (slots_[at].first != kNone && slots_[at].hash != hash)
      at = (at + 1) & mask;
    return slots_[at];
  }

 private:
  std::vector<Slot> slots_;
};

}  // namespace

double Duplicates::percentage() const {
  std::uint64_t lines = 0, duplicated = 0;
  for (const DuplicatesOfFile& file : files) {
    if (file.is_left_out) continue;
    lines += file.lines;
    duplicated += file.duplicated_lines;
  }
  return lines == 0 ? 0 : 100.0 * static_cast<double>(duplicated) / static_cast<double>(lines);
}

// Goes through the tokens once. A run of `min_tokens` that was met before begins a pair, which is made as
// long as it goes, and the search goes on behind it: so each token is compared a bounded number of times.
class DuplicateFinder::Search {
 public:
  Search(const DuplicateFinder& finder)
      : tokens_(finder.tokens_),
        window_(std::max<std::size_t>(finder.options_.min_tokens, 1)),
        runs_(tokens_.size()) {
    for (std::size_t i = 1; i < window_; ++i)
      highest_ *= kBase;
  }

  void search(std::size_t first, std::size_t end, const std::vector<File>& files, std::vector<Pair>& pairs) {
    if (end - first < window_) return;
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < window_; ++i)
      hash = hash * kBase + tokens_[first + i].number;
    std::size_t searched = first;  // before it lies what is in a pair already
    for (std::size_t at = first;; ++at) {
      RunTable::Slot& slot = runs_.of(hash);
      if (at >= searched && slot.first != kNone) {
        const Pair pair = longest(slot, at, first, searched, end, files);
        if (pair.length >= window_) {
          pairs.push_back(pair);
          searched = pair.later + pair.length;
        }
      }
      if (slot.first == kNone) slot = {hash, static_cast<std::uint32_t>(at), kNone};
      slot.last = static_cast<std::uint32_t>(at);
      if (at + window_ == end) return;
      hash = (hash - tokens_[at].number * highest_) * kBase + tokens_[at + window_].number;
    }
  }

 private:
  [[nodiscard]] Pair longest(const RunTable::Slot& slot, std::size_t at, std::size_t first,
                             std::size_t searched, std::size_t end, const std::vector<File>& files) const {
    const Pair one = extended(slot.first, at, first, searched, end, files);
    if (slot.last == slot.first) return one;
    const Pair other = extended(slot.last, at, first, searched, end, files);
    return other.length > one.length ? other : one;
  }

  // What is alike around `earlier` and `later`, within their files and not into each other.
  [[nodiscard]] Pair extended(std::size_t earlier, std::size_t later, std::size_t first, std::size_t searched,
                              std::size_t end, const std::vector<File>& files) const {
    const bool is_same_file = earlier >= first;
    const std::size_t bound = is_same_file ? later : file_around(earlier, files).end;
    const std::size_t start = is_same_file ? first : file_around(earlier, files).first;
    std::size_t length = 0;
    while (later + length < end && earlier + length < bound &&
           tokens_[earlier + length].number == tokens_[later + length].number)
      ++length;
    if (length < window_) return {earlier, later, 0};  // they overlap, or only their hashes are alike
    while (earlier > start && later > searched && (!is_same_file || earlier + length < later) &&
           tokens_[earlier - 1].number == tokens_[later - 1].number) {
      --earlier, --later, ++length;
    }
    return {earlier, later, length};
  }

  [[nodiscard]] static const File& file_around(std::size_t token, const std::vector<File>& files) {
    return *std::prev(std::partition_point(files.begin(), files.end(),
                                           [&](const File& file) { return file.first <= token; }));
  }

  const std::vector<Token>& tokens_;
  std::size_t window_;
  std::uint64_t highest_ = 1;  // kBase to the power of window_ - 1
  RunTable runs_;
};

DuplicateFinder::DuplicateFinder(const DuplicateOptions& options) : options_(options) {}

void DuplicateFinder::add(const Tree& tree, std::string path, bool is_asked_for) {
  File& file = files_.emplace_back();
  file.path = std::move(path);
  file.is_asked_for = is_asked_for;
  file.first = tokens_.size();
  file.lines = count_lines(tree.source());
  const NodeParts& parts = NodeParts::of(tree.language());
  const auto& nodes = tree.nodes();
  std::uint32_t line = 1;
  std::size_t counted = 0;  // bytes whose line feeds are in `line`
  for (std::uint32_t i = 0; i < nodes.size();) {
    const Node& node = nodes[i];
    const bool is_string = parts.is(node, kString);
    const bool is_token = is_string || tree.is_leaf(i);
    const std::string_view text = tree.text(node);
    const std::uint32_t here = i;
    i = is_token || node.extra ? node.next : i + 1;
    if (!is_token || node.extra || is_blank(text)) continue;
    if (tokens_.size() == options_.max_tokens) {
      tokens_.resize(file.first);
      file.is_left_out = true;
      break;
    }
    line +=
        static_cast<std::uint32_t>(std::count(tree.source().begin() + static_cast<std::ptrdiff_t>(counted),
                                              tree.source().begin() + node.span.start, '\n'));
    counted = node.span.start;
    const bool is_any = options_.by_shape && nodes[here].named;
    const std::uint64_t number =
        is_any ? (is_string ? UINT64_MAX : node.kind) : std::hash<std::string_view>{}(text);
    tokens_.push_back(
        {number, line, line + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'))});
  }
  file.end = tokens_.size();
}

DuplicatePlace DuplicateFinder::place(std::size_t start, std::size_t length) const {
  const auto after = std::partition_point(files_.begin(), files_.end(),
                                          [&](const File& file) { return file.first <= start; });
  return {static_cast<std::size_t>(after - files_.begin()) - 1, tokens_[start].line,
          tokens_[start + length - 1].end_line};
}

std::vector<DuplicateGroup> DuplicateFinder::grouped(const std::vector<Pair>& pairs) const {
  // By what they hold: three copies of the same make two pairs and one group.
  std::map<std::pair<std::size_t, std::uint64_t>, std::vector<std::size_t>> starts;
  for (const Pair& pair : pairs) {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < pair.length; ++i)
      hash = hash * kBase + tokens_[pair.later + i].number;
    auto& same = starts[{pair.length, hash}];
    same.push_back(pair.earlier);
    same.push_back(pair.later);
  }
  std::vector<DuplicateGroup> groups;
  for (auto& [content, same] : starts) {
    std::sort(same.begin(), same.end());
    same.erase(std::unique(same.begin(), same.end()), same.end());
    DuplicateGroup group;
    group.tokens = static_cast<std::uint32_t>(content.first);
    bool is_asked_for = false;
    for (const std::size_t start : same) {
      const DuplicatePlace found = place(start, content.first);
      if (found.end_line - found.line + 1 < options_.min_lines) continue;
      is_asked_for = is_asked_for || files_[found.file].is_asked_for;
      group.places.push_back(found);
    }
    if (group.places.size() > 1 && is_asked_for) groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(), [](const DuplicateGroup& a, const DuplicateGroup& b) {
    const auto key = [](const DuplicateGroup& group) {
      const DuplicatePlace& place = group.places.front();
      return std::make_tuple(-static_cast<std::int64_t>(group.tokens), place.file, place.line);
    };
    return key(a) < key(b);
  });
  return groups;
}

Duplicates DuplicateFinder::find() const {
  Duplicates duplicates;
  Search search(*this);
  std::vector<Pair> pairs;
  for (const File& file : files_) {
    search.search(file.first, file.end, files_, pairs);
    duplicates.files.push_back({file.path, file.lines, 0, file.is_left_out});
  }
  duplicates.groups = grouped(pairs);
  std::vector<DuplicatePlace> places;
  for (const DuplicateGroup& group : duplicates.groups)
    places.insert(places.end(), group.places.begin(), group.places.end());
  std::sort(places.begin(), places.end(), [](const DuplicatePlace& a, const DuplicatePlace& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  std::size_t file = 0;
  std::uint32_t counted = 0;  // up to this line of the file
  for (const DuplicatePlace& each : places) {
    if (each.file != file) counted = 0;
    file = each.file;
    const std::uint32_t from = std::max(each.line, counted + 1);
    if (each.end_line < from) continue;
    duplicates.files[file].duplicated_lines += each.end_line - from + 1;
    counted = each.end_line;
  }
  return duplicates;
}

}  // namespace fleet::analysis
