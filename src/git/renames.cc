#include "git/renames.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/random.h"
#include "git/content_merger.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;

constexpr std::uint64_t kWhole = 60'000;  // git's measure of likeness
constexpr std::uint64_t kHalf = kWhole / 2;
constexpr std::uint64_t kThreeQuarters = kWhole / 4 * 3;
constexpr std::size_t kMostPairs = 250'000;      // to be compared by content
constexpr std::uint64_t kMostBytes = 8'000'000;  // of a file that is compared
constexpr std::uint64_t kMostBytesInAll = 64'000'000;
constexpr std::uint64_t kMostSteps = 200'000'000;
constexpr std::size_t kPiece = 64;

std::string_view name_in(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// A text's lines, cut into pieces where they are long: how many bytes of each there are, by its hash. Whoever
// makes two pieces of the same hash gains a rename that is none, of files of his own.
struct Pieces {
  std::uint64_t size = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bytes;  // ascending

  explicit Pieces(std::string_view text) : size(text.size()) {
    const bool is_text = !is_binary(text);
    while (!text.empty()) {
      std::size_t end = std::min(text.substr(0, kPiece).find('\n'), std::min(kPiece, text.size()) - 1) + 1;
      std::string_view piece = text.substr(0, end);
      text.remove_prefix(end);
      const std::uint64_t length = piece.size();
      if (is_text && piece.ends_with("\r\n"))
        piece.remove_suffix(2);  // as if it ended with \n alone
      else if (piece.ends_with('\n'))
        piece.remove_suffix(1);
      bytes.emplace_back(base::hash(piece), length);
    }
    std::sort(bytes.begin(), bytes.end());
    std::size_t last = 0;
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      if (bytes[i].first == bytes[last].first) {
        bytes[last].second += bytes[i].second;
      } else {
        bytes[++last] = bytes[i];
      }
    }
    if (!bytes.empty()) bytes.resize(last + 1);
    bytes.shrink_to_fit();  // all files that are compared are kept
  }
};

std::uint64_t likeness(const Pieces& before, const Pieces& after) {
  std::uint64_t common = 0;
  auto a = before.bytes.begin();
  auto b = after.bytes.begin();
  while (a != before.bytes.end() && b != after.bytes.end()) {
    if (a->first == b->first)
      common += std::min(a++->second, b++->second);
    else if (a->first < b->first)
      ++a;
    else
      ++b;
  }
  return common * kWhole / std::max(before.size, after.size);
}

// The removed and the added files of one change that have no partner yet.
class Pairing {
 public:
  Pairing(const ObjectStore& store, std::span<const Change> changes) : store_(store) {
    for (const Change& change : changes) {
      if (change.before.exists() && !change.after.exists()) removed_.push_back({&change, change.before});
      if (!change.before.exists() && change.after.exists()) added_.push_back({&change, change.after});
    }
  }

  Result<std::vector<Rename>> pair() {
    if (removed_.empty() || added_.empty()) return std::vector<Rename>{};
    pair_equal();
    FLEET_CHECK(pair_by_name());
    FLEET_CHECK(pair_alike());
    std::sort(out_.begin(), out_.end(), [](const Rename& a, const Rename& b) { return a.from < b.from; });
    return std::move(out_);
  }

 private:
  struct Side {
    const Change* change;
    TreeEntry entry;
    bool is_paired = false;
    std::optional<Pieces> pieces{};
    bool is_not_compared = false;
  };

  void take(Side& from, Side& to) {
    from.is_paired = to.is_paired = true;
    out_.push_back({from.change->path, to.change->path});
  }

  // The removed files of one content and kind, the first one last.
  struct Equals {
    std::vector<Side*> files;
    std::unordered_map<std::string_view, std::vector<Side*>> by_name;

    static Side* first_left(std::vector<Side*>& files) {
      while (!files.empty() && files.back()->is_paired)
        files.pop_back();
      return files.empty() ? nullptr : files.back();
    }
    Side* find(std::string_view name) {
      const auto same = by_name.find(name);
      Side* best = same != by_name.end() ? first_left(same->second) : nullptr;
      return best != nullptr ? best : first_left(files);
    }
  };

  void pair_equal() {
    const ObjectId empty = ObjectStore::hash_blob("");
    const auto key = [](const TreeEntry& entry) {
      return std::pair(entry.id, entry.is_file() ? FileMode::regular : entry.mode);
    };
    std::map<std::pair<ObjectId, FileMode>, Equals> by_content;
    for (auto from = removed_.rbegin(); from != removed_.rend(); ++from) {
      if (from->entry.id == empty) continue;
      Equals& equals = by_content[key(from->entry)];
      equals.files.push_back(&*from);
      equals.by_name[name_in(from->change->path)].push_back(&*from);
    }
    for (Side& to : added_) {
      const auto same = by_content.find(key(to.entry));
      if (same == by_content.end()) continue;
      if (Side* from = same->second.find(name_in(to.change->path))) take(*from, to);
    }
  }

  // The only file of each name, of those that are left.
  static std::map<std::string_view, Side*> unique_names(std::vector<Side>& sides) {
    std::map<std::string_view, Side*> names;
    for (Side& side : sides) {
      if (side.is_paired) continue;
      const auto [at, is_new] = names.emplace(name_in(side.change->path), &side);
      if (!is_new) at->second = nullptr;
    }
    return names;
  }

  Result<> pair_by_name() {
    const auto from_names = unique_names(removed_);
    const auto to_names = unique_names(added_);
    for (Side& from : removed_) {
      if (from.is_paired || from_names.at(name_in(from.change->path)) == nullptr) continue;
      const auto to = to_names.find(name_in(from.change->path));
      if (to == to_names.end() || to->second == nullptr) continue;
      FLEET_TRY(const bool has_from, can_compare(from));
      FLEET_TRY(const bool has_to, can_compare(*to->second));
      if (has_from && has_to && likeness(*from.pieces, *to->second->pieces) >= kThreeQuarters)
        take(from, *to->second);
    }
    return {};
  }

  // Every removed file against every added one, by the pieces that both have: what a pair has not in common
  // costs nothing.
  Result<> pair_alike() {
    const auto left = [](const std::vector<Side>& sides) {
      return static_cast<std::size_t>(
          std::count_if(sides.begin(), sides.end(), [](const Side& side) { return !side.is_paired; }));
    };
    if (left(removed_) * left(added_) > kMostPairs) return {};
    struct Candidate {
      std::uint64_t score;
      bool has_name;
      Side* from;
      Side* to;
    };
    std::vector<Candidate> candidates;
    std::vector<Side*> compared;
    FLEET_TRY(const std::vector<Piece> index, pieces_of_removed(compared));
    std::vector<std::uint64_t> common(compared.size());  // bytes
    std::uint64_t steps = 0;
    for (Side& to : added_) {
      FLEET_TRY(const bool is_compared, can_compare(to));
      if (!is_compared) continue;
      std::fill(common.begin(), common.end(), 0);
      auto at = index.begin();
      for (const auto& [hash, bytes] : to.pieces->bytes) {
        at = std::lower_bound(at, index.end(), hash,
                              [](const Piece& piece, std::uint64_t wanted) { return piece.hash < wanted; });
        for (; at != index.end() && at->hash == hash; ++at, ++steps)
          common[at->file] += std::min(at->bytes, bytes);
      }
      steps += compared.size();
      if (steps > kMostSteps) return {};
      for (std::size_t i = 0; i < compared.size(); ++i) {
        if (common[i] == 0) continue;
        Side& from = *compared[i];
        const std::uint64_t score = common[i] * kWhole / std::max(from.pieces->size, to.pieces->size);
        if (score >= kHalf)
          candidates.push_back({score, name_in(from.change->path) == name_in(to.change->path), &from, &to});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.has_name && !b.has_name;
    });
    for (const Candidate& candidate : candidates) {
      if (!candidate.from->is_paired && !candidate.to->is_paired) take(*candidate.from, *candidate.to);
    }
    return {};
  }

  // One piece of one of the removed files.
  struct Piece {
    std::uint64_t hash;
    std::uint64_t bytes;
    std::size_t file;  // in `compared`
  };

  // Of those that have no partner yet, in order of hash.
  Result<std::vector<Piece>> pieces_of_removed(std::vector<Side*>& compared) {
    std::vector<Piece> out;
    for (Side& side : removed_) {
      FLEET_TRY(const bool is_compared, can_compare(side));
      if (!is_compared) continue;
      for (const auto& [hash, bytes] : side.pieces->bytes)
        out.push_back({hash, bytes, compared.size()});
      compared.push_back(&side);
    }
    std::sort(out.begin(), out.end(), [](const Piece& a, const Piece& b) { return a.hash < b.hash; });
    return out;
  }

  Result<bool> can_compare(Side& side) {
    if (side.is_paired || !side.entry.is_file()) return false;
    return read(side);
  }

  Result<bool> read(Side& side) {
    if (side.pieces || side.is_not_compared) return !side.is_not_compared;
    // A partial clone does not have all of them.
    side.is_not_compared = !store_.contains(side.entry.id);
    if (side.is_not_compared) return false;
    FLEET_TRY(const std::uint64_t size, store_.blob_size(side.entry.id));
    side.is_not_compared = size > kMostBytes || size == 0 || bytes_read_ + size > kMostBytesInAll;
    if (side.is_not_compared) return false;
    bytes_read_ += size;
    FLEET_TRY(const std::string bytes, store_.read_blob(side.entry.id));
    side.pieces.emplace(bytes);
    return true;
  }

  const ObjectStore& store_;
  std::vector<Side> removed_, added_;  // in order of path
  std::uint64_t bytes_read_ = 0;
  std::vector<Rename> out_;
};

}  // namespace

Result<std::vector<Rename>> find_renames(const ObjectStore& store, std::span<const Change> changes) {
  return Pairing(store, changes).pair();
}

}  // namespace fleet::git
