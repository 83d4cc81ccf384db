#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "git/handles.h"
#include "git/patch.h"
#include "git/path.h"
#include "git/repository.h"
#include "git/tree.h"

// Two contents of a file, written as a diff. A small applier of its own must make the second out of the first
// and the diff. Input: lines of context, the path, the first and the second content, with a line `--` between
// them; `(none)` for a content means that there is no file.
namespace fleet::fuzz {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;
using Lines = std::vector<std::string>;

template <class T>
T must(Result<T> result) {
  require(result.has_value(), "git does what it is asked", result ? "" : result.error().message());
  return *std::move(result);
}

// A repository whose objects are in memory.
class Store {
 public:
  Store() {
    git::start_libgit2();
    std::string folder = (std::filesystem::temp_directory_path() / "fleet-fuzz-XXXXXX").string();
    require(::mkdtemp(folder.data()) != nullptr, "there is room for a repository");
    git_repository* made = nullptr;
    require(git_repository_init(&made, folder.c_str(), 1) == 0, "a repository is made");
    git_repository_free(made);
    repository_.emplace(must(git::Repository::open(folder)));
    const auto handle = must(repository_->handles()->borrow());
    require(git_mempack_new(&memory_) == 0 && git_odb_add_backend(handle.objects(), memory_, 999) == 0,
            "objects are kept in memory");
    std::filesystem::remove_all(folder);
  }

  git::ObjectStore& objects() { return repository_->objects(); }
  void forget() {
    git_mempack_reset(memory_);
    repository_->handles()->unsynced().lock()->objects.clear();
  }

 private:
  std::optional<git::Repository> repository_;
  git_odb_backend* memory_ = nullptr;
};

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// Takes lines from a diff, and makes the new content out of the old one.
class Applier {
 public:
  Applier(std::string_view before, std::string_view diff) : before_(split(before)), diff_(split(diff)) {}

  std::string run() {
    while (at_ < diff_.size())
      hunk();
    copy_to(before_.size());
    return result_;
  }
  std::uint32_t added = 0;
  std::uint32_t removed = 0;

 private:
  struct Range {
    std::size_t start = 0;
    std::size_t count = 1;
  };

  void hunk() {
    const std::string& header = diff_[at_++];
    require(header.starts_with("@@ -"), "a hunk begins with its places", header);
    const char* next = header.data() + 4;
    Range from = range(header, next);
    require(std::string_view(next, 2) == " +", "a hunk has two places", header);
    next += 2;
    Range to = range(header, next);
    require(std::string_view(next).starts_with(" @@"), "the places end", header);
    copy_to(from.count == 0 ? from.start : from.start - 1);
    require(made_ + (to.count == 0 ? 0 : 1) == to.start, "the new place is right", header);
    while (from.count > 0 || to.count > 0)
      line(from, to);
  }

  static std::size_t number(const std::string& header, const char*& next) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(next, header.data() + header.size(), value);
    require(error == std::errc{}, "a place is a number", header);
    next = end;
    return value;
  }
  static Range range(const std::string& header, const char*& next) {
    Range range;
    range.start = number(header, next);
    if (*next == ',') range.count = number(header, ++next);
    return range;
  }

  void line(Range& from, Range& to) {
    require(at_ < diff_.size(), "a hunk has as many lines as it says");
    const char kind = diff_[at_].front();
    std::string text = diff_[at_++].substr(1);
    if (at_ < diff_.size() && diff_[at_].starts_with("\\ ")) {
      require(text.ends_with('\n'), "a line without an end has a line of its own", text);
      text.pop_back();
      ++at_;
    }
    require(kind == ' ' || kind == '-' || kind == '+', "a line is kept, removed or added", text);
    if (kind != '+') {
      require(read_ < before_.size() && before_[read_] == text && from.count > 0,
              "what is kept or removed was there", text);
      ++read_;
      --from.count;
      removed += kind == '-' ? 1 : 0;
    }
    if (kind != '-') {
      require(to.count > 0, "a hunk has no more lines than it says", text);
      result_ += text;
      ++made_;
      --to.count;
      added += kind == '+' ? 1 : 0;
    }
  }

  void copy_to(std::size_t end) {
    require(read_ <= end && end <= before_.size(), "hunks are in order, and lie in the file");
    for (; read_ < end; ++read_, ++made_)
      result_ += before_[read_];
  }

  Lines before_;
  Lines diff_;
  std::size_t at_ = 0;
  std::size_t read_ = 0;
  std::size_t made_ = 0;
  std::string result_;
};

std::string name_in(std::string_view line) {
  line.remove_suffix(1);
  if (line.starts_with('"')) return git::unquote_path(line).value_or("");
  if (line.ends_with('\t')) line.remove_suffix(1);
  return std::string(line);
}

struct Case {
  std::string path;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

void check_text(const Case& given, const git::Patch& made) {
  const std::size_t names = made.text.find("\n--- ");
  if (names == made.text.npos) {
    require(given.before.value_or("").empty() && given.after.value_or("").empty(),
            "without hunks there are no lines", made.text);
    return;
  }
  const Lines lines = split(std::string_view(made.text).substr(names + 1));
  require(lines.size() > 2 && lines[1].starts_with("+++ "), "both names come before the hunks", made.text);
  require(name_in(lines[0].substr(4)) == (given.before ? "a/" + given.path : "/dev/null") &&
              name_in(lines[1].substr(4)) == (given.after ? "b/" + given.path : "/dev/null"),
          "the names can be read back", made.text);
  const std::size_t hunks = names + 1 + lines[0].size() + lines[1].size();
  Applier applier(given.before.value_or(""), std::string_view(made.text).substr(hunks));
  require(applier.run() == given.after.value_or(""), "applied, it gives the second content", made.text);
  require(applier.added == made.stat.added && applier.removed == made.stat.removed, "lines are counted right",
          made.text);
}

bool is_plain(const std::optional<std::string>& text) {
  return !text || std::all_of(text->begin(), text->end(), [](char c) { return c == '\n' || c >= ' '; });
}

void check(Store& store, const Case& given, std::uint32_t context) {
  git::ObjectStore& objects = store.objects();
  const auto entry = [&](const std::optional<std::string>& content) {
    return content ? TreeEntry{must(objects.write_blob(*content)), FileMode::regular} : TreeEntry{};
  };
  const Change change{given.path, entry(given.before), entry(given.after)};
  const Change start{given.path, {}, change.before};
  const ObjectId before = given.before ? must(git::update(objects, {}, {&start, 1})) : ObjectId{};
  const ObjectId after = must(git::update(objects, before, {&change, 1}));

  git::PatchOptions options;
  options.context = context;
  const git::Patch made = must(git::patch(objects, before, after, options));
  const git::PatchStat stat = must(git::patch_stat(objects, before, after));
  require(made.complete, "nothing is left out", made.text);
  require(stat.files == made.stat.files && stat.added == made.stat.added && stat.removed == made.stat.removed,
          "both count the same", made.text);
  if (given.before == given.after) {
    require(made.text.empty(), "of the same nothing is said", made.text);
    return;
  }
  const bool binary = made.text.find("\nGIT binary patch\n") != made.text.npos;
  require(!binary || !is_plain(given.before) || !is_plain(given.after), "text is taken for text", made.text);
  if (!binary) check_text(given, made);
}

std::optional<std::string> content(std::string_view part) {
  if (part == "(none)") return std::nullopt;
  return std::string(part);
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  static fuzz::Store store;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n--\n", 4);
  const fuzz::Case given{std::string(parts[1]), fuzz::content(parts[2]), fuzz::content(parts[3])};
  if (!git::is_safe_path(given.path)) return 0;
  fuzz::check(store, given, parts[0].empty() ? 3 : static_cast<std::uint8_t>(parts[0].front()) % 8);
  store.forget();
  return 0;
}
