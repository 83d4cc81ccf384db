#include "git/content_merger.h"

#include <git2.h>

#include <algorithm>
#include <utility>

#include "git/handles.h"

namespace fleet::git {
namespace {

// With half a million lines `git merge-file`, whose algorithm this is, took 0.4 s, and 5 s where one side had
// them in another order.
constexpr std::uint64_t kMostBytes = 32'000'000;
constexpr std::ptrdiff_t kMostLines = 500'000;

git_merge_file_input input(std::string_view bytes) {
  git_merge_file_input out{};
  git_merge_file_input_init(&out, GIT_MERGE_FILE_INPUT_VERSION);
  out.ptr = bytes.data();
  out.size = bytes.size();
  return out;
}

class MergedFile {
 public:
  MergedFile() = default;
  MergedFile(const MergedFile&) = delete;
  MergedFile& operator=(const MergedFile&) = delete;
  ~MergedFile() { git_merge_file_result_free(&result); }
  git_merge_file_result result{};
};

}  // namespace

std::size_t ContentMerger::SidesHash::operator()(const Sides& sides) const {
  const std::hash<ObjectId> hash;  // random bits already: mixed so that equal ids do not cancel out
  return hash(sides.base) + 3 * hash(sides.ours) + 5 * hash(sides.theirs) +
         static_cast<std::size_t>(sides.driver);
}

Result<std::optional<ObjectId>> ContentMerger::merge(ObjectId base, ObjectId ours, ObjectId theirs,
                                                     MergeDriver driver) {
  const Sides sides{base, ours, theirs, driver};
  if (const auto known = merges_.find(sides); known != merges_.end()) return known->second;
  // Before what comes of it, so that nothing ever comes from itself.
  for (const ObjectId side : {base, ours, theirs})
    origins_.try_emplace(side);
  FLEET_TRY(auto text, merge_texts(sides));
  std::optional<ObjectId> id;
  if (text) {
    id = ObjectStore::hash_blob(*text);
    const auto origin = origins_.try_emplace(*id, Origin{sides}).first;
    const std::size_t size = text->size();
    // Three of them have no room here: it would be merged again, with all that it came from, for each next
    // one.
    if (size > kTextBytes / 3 && origin->second.sides && !origin->second.is_kept) {
      FLEET_CHECK(store_.write_blob(*text));
      origin->second.is_kept = true;
    }
    texts_.add(*id, std::make_shared<const std::string>(*std::move(text)), size);
  }
  merges_.emplace(sides, id);
  return id;
}

Result<bool> ContentMerger::merges(ObjectId base, ObjectId ours, ObjectId theirs, MergeDriver driver) {
  if (driver == MergeDriver::none) return false;
  if (const auto known = merges_.find({base, ours, theirs, driver}); known != merges_.end())
    return known->second.has_value();
  FLEET_TRY(const Edits our_edits, edits_of(base, ours));
  FLEET_TRY(const Edits their_edits, edits_of(base, theirs));
  if (!our_edits || !their_edits) return false;
  if (are_apart(*our_edits, *their_edits)) return true;
  FLEET_TRY(const auto merged, merge(base, ours, theirs, driver));
  return merged.has_value();
}

Result<ContentMerger::Edits> ContentMerger::edits_of(ObjectId base, ObjectId side) {
  if (const Edits* known = edits_.find({base, side, {}, {}})) return *known;
  FLEET_TRY(const Edits edits, compare(base, side));
  constexpr std::size_t kOfEach = 200;
  edits_.add({base, side, {}, {}}, edits, kOfEach + (edits ? edits->size() * sizeof(Lines) : 0));
  return edits;
}

Result<ContentMerger::Edits> ContentMerger::compare(ObjectId base, ObjectId side) {
  FLEET_TRY(const Text before, read_to_merge(base));
  FLEET_TRY(const Text after, read_to_merge(side));
  if (!before || !after) return Edits{};
  std::vector<Lines> edits;
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.context_lines = 0;
  options.interhunk_lines = 0;
  options.flags = GIT_DIFF_FORCE_TEXT;
  const auto add = [](const git_diff_delta*, const git_diff_hunk* hunk, void* all) {
    const auto length = static_cast<std::size_t>(hunk->old_lines);
    // Of lines that are only added, git names the one before them.
    const auto begin = static_cast<std::size_t>(hunk->old_start - (length > 0 ? 1 : 0));
    static_cast<std::vector<Lines>*>(all)->push_back({begin, begin + length});
    return 0;
  };
  if (const int code = git_diff_buffers(before->data(), before->size(), nullptr, after->data(), after->size(),
                                        nullptr, &options, nullptr, nullptr, add, nullptr, &edits);
      code < 0) {
    return fail_git("compare the file", side.hex(), code);
  }
  return std::make_shared<const std::vector<Lines>>(std::move(edits));
}

// As xdl_do_merge() in xmerge.c takes two changes for apart: when a line that neither touched is between
// them.
bool ContentMerger::are_apart(const std::vector<Lines>& ours, const std::vector<Lines>& theirs) {
  auto one = ours.begin();
  auto other = theirs.begin();
  while (one != ours.end() && other != theirs.end()) {
    if (one->end < other->begin)
      ++one;
    else if (other->end < one->begin)
      ++other;
    else
      return false;
  }
  return true;
}

Result<std::optional<std::string>> ContentMerger::merge_texts(const Sides& sides) {
  if (sides.driver == MergeDriver::none) return std::nullopt;
  FLEET_TRY(const Text base, read_to_merge(sides.base));
  FLEET_TRY(const Text ours, read_to_merge(sides.ours));
  FLEET_TRY(const Text theirs, read_to_merge(sides.theirs));
  if (!base || !ours || !theirs) return std::nullopt;
  const auto base_input = input(*base);
  const auto our_input = input(*ours);
  const auto their_input = input(*theirs);
  git_merge_file_options options{};
  git_merge_file_options_init(&options, GIT_MERGE_FILE_OPTIONS_VERSION);
  if (sides.driver == MergeDriver::unite) options.favor = GIT_MERGE_FILE_FAVOR_UNION;
  MergedFile merged;
  if (const int code = git_merge_file(&merged.result, &base_input, &our_input, &their_input, &options);
      code < 0) {
    return fail_git("merge the file", sides.ours.hex(), code);
  }
  if (merged.result.automergeable == 0) return std::nullopt;
  return std::string(merged.result.ptr, merged.result.len);
}

Result<bool> ContentMerger::is_mergeable(ObjectId content) {
  FLEET_TRY(const Text text, read_to_merge(content));
  return text != nullptr;
}

Result<ContentMerger::Text> ContentMerger::read_to_merge(ObjectId id) {
  const auto origin = origins_.find(id);
  if (!id.is_none() && (origin == origins_.end() || !origin->second.sides)) {
    FLEET_TRY(const std::uint64_t size, store_.blob_size(id));
    if (size > kMostBytes) return nullptr;
  }
  FLEET_TRY(Text text, read(id));
  if (is_binary(*text) || text->size() > kMostBytes) return nullptr;
  if (std::count(text->begin(), text->end(), '\n') > kMostLines) return nullptr;
  return text;
}

Result<ContentMerger::Text> ContentMerger::read(ObjectId id) {
  if (id.is_none()) return std::make_shared<const std::string>();
  if (const Text* known = texts_.find(id)) return *known;
  const auto origin = origins_.find(id);
  const bool is_merged = origin != origins_.end() && origin->second.sides;
  std::string bytes;
  // What was kept may have been taken by a `git gc`.
  if (is_merged && !(origin->second.is_kept && store_.contains(id))) {
    FLEET_TRY(auto merged, merge_texts(*origin->second.sides));
    bytes = std::move(merged).value();
  } else {
    FLEET_TRY(bytes, store_.read_blob(id));
  }
  auto text = std::make_shared<const std::string>(std::move(bytes));
  texts_.add(id, text, text->size());
  return text;
}

Result<> ContentMerger::keep(std::span<const model::Change> changes) {
  for (const model::Change& change : changes) {
    const auto origin = origins_.find(change.after.id);
    if (origin == origins_.end() || !origin->second.sides) continue;
    FLEET_TRY(const Text text, read(change.after.id));
    FLEET_CHECK(store_.write_blob(*text));
    origin->second.is_kept = true;
  }
  return {};
}

void ContentMerger::clear() {
  merges_.clear();
  edits_.clear();
  origins_.clear();
  texts_.clear();
  attributes_.clear();
}

void ContentMerger::make_room() {
  if (merges_.size() >= kMostMerges) clear();
}

// As in git's xdiff-interface.c.
bool is_binary(std::string_view bytes) {
  return bytes.substr(0, 8000).find('\0') != bytes.npos;
}

}  // namespace fleet::git
