#include "git/patch.h"

#include <fmt/format.h>
#include <git2.h>

#include <string_view>

#include "git/handles.h"
#include "git/path.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;

constexpr std::string_view kNoObject = "0000000000000000000000000000000000000000";

struct FilePatch {
  std::string text;
  bool is_whole = true;  // it makes the one side from the other
  std::uint32_t added = 0;
  std::uint32_t removed = 0;
};

std::string quote_with(std::string_view start, std::string_view path) {
  return quote_path(std::string(start) + std::string(path));
}

// One side of a file: its bytes, or for a submodule the line that git shows for it.
struct Side {
  std::string bytes;
  bool too_large = false;
};

Result<Side> read_side(const ObjectStore& store, const TreeEntry& entry, std::uint64_t max_bytes) {
  if (!entry.exists()) return Side{};
  if (entry.mode == FileMode::submodule)
    return Side{fmt::format("Subproject commit {}\n", entry.id.hex()), false};
  FLEET_TRY(const auto size, store.blob_size(entry.id));
  if (size > max_bytes) return Side{{}, true};
  FLEET_TRY(auto bytes, store.read_blob(entry.id));
  return Side{std::move(bytes), false};
}

// The lines that git writes above a file's hunks.
std::string header(const Change& change, const TreeEntry& before, const TreeEntry& after) {
  const std::string from = quote_with("a/", change.path);
  const std::string to = quote_with("b/", change.path);
  std::string out = fmt::format("diff --git {} {}\n", from, to);
  const auto mode = [](const TreeEntry& entry) { return static_cast<std::uint32_t>(entry.mode); };
  if (!before.exists()) {
    out += fmt::format("new file mode {:06o}\n", mode(after));
  } else if (!after.exists()) {
    out += fmt::format("deleted file mode {:06o}\n", mode(before));
  } else if (before.mode != after.mode) {
    out += fmt::format("old mode {:06o}\nnew mode {:06o}\n", mode(before), mode(after));
  }
  if (before.id != after.id) {
    out += fmt::format("index {}..{}", before.exists() ? before.id.hex() : kNoObject,
                       after.exists() ? after.id.hex() : kNoObject);
    if (before.mode == after.mode) out += fmt::format(" {:06o}", mode(after));
    out += '\n';
  }
  return out;
}

std::string file_names(const Change& change, const TreeEntry& before, const TreeEntry& after) {
  // git ends a name that holds a space with a tab, so that the line can be read back.
  const auto name = [&](std::string_view start, const TreeEntry& entry) {
    if (!entry.exists()) return std::string("/dev/null");
    const std::string quoted = quote_with(start, change.path);
    return quoted.front() != '"' && quoted.find(' ') != quoted.npos ? quoted + '\t' : quoted;
  };
  return fmt::format("--- {}\n+++ {}\n", name("a/", before), name("b/", after));
}

class LibPatch {
 public:
  LibPatch() = default;
  LibPatch(const LibPatch&) = delete;
  LibPatch& operator=(const LibPatch&) = delete;
  ~LibPatch() { git_patch_free(patch); }
  git_patch* patch = nullptr;
};

class LibBuffer {
 public:
  LibBuffer() = default;
  LibBuffer(const LibBuffer&) = delete;
  LibBuffer& operator=(const LibBuffer&) = delete;
  ~LibBuffer() { git_buf_dispose(&buffer); }
  git_buf buffer = GIT_BUF_INIT;
};

// A file on both sides of the same type, or on one side only.
Result<FilePatch> patch_file(const ObjectStore& store, const Change& change, const TreeEntry& before,
                             const TreeEntry& after, const PatchOptions& options, bool want_text) {
  FilePatch out;
  if (want_text) out.text = header(change, before, after);
  if (before.id == after.id) return out;
  FLEET_TRY(const Side from, read_side(store, before, options.max_file_bytes));
  FLEET_TRY(const Side to, read_side(store, after, options.max_file_bytes));
  const auto binary_line = [&] {
    return fmt::format("Binary files {} and {} differ\n",
                       before.exists() ? quote_with("a/", change.path) : "/dev/null",
                       after.exists() ? quote_with("b/", change.path) : "/dev/null");
  };
  if (from.too_large || to.too_large) {
    out.is_whole = false;
    out.text += binary_line();
    return out;
  }
  git_diff_options diff_options{};
  git_diff_options_init(&diff_options, GIT_DIFF_OPTIONS_VERSION);
  diff_options.context_lines = options.context;
  if (options.binary && want_text) diff_options.flags |= GIT_DIFF_SHOW_BINARY;
  LibPatch made;
  if (const int code = git_patch_from_buffers(&made.patch, from.bytes.data(), from.bytes.size(), "file",
                                              to.bytes.data(), to.bytes.size(), "file", &diff_options);
      code < 0) {
    return fail_git("compare", quote_path(change.path), code);
  }
  std::size_t added = 0;
  std::size_t removed = 0;
  git_patch_line_stats(nullptr, &added, &removed, made.patch);
  out.added = static_cast<std::uint32_t>(added);
  out.removed = static_cast<std::uint32_t>(removed);
  if (!want_text) return out;
  if ((git_patch_get_delta(made.patch)->flags & GIT_DIFF_FLAG_BINARY) != 0 && !options.binary) {
    out.text += binary_line();
    return out;
  }
  LibBuffer text;
  if (const int code = git_patch_to_buf(&text.buffer, made.patch); code < 0) {
    return fail_git("compare", quote_path(change.path), code);
  }
  // libgit2's header knows neither the modes nor all ways to quote a name: only what follows it is used.
  const std::string_view whole(text.buffer.ptr, text.buffer.size);
  if (const auto binary = whole.find("\nGIT binary patch\n");
      binary != whole.npos && out.added + out.removed == 0) {
    out.text += whole.substr(binary + 1);
  } else if (const auto hunks = whole.find("\n@@ "); hunks != whole.npos) {
    out.text += file_names(change, before, after);
    out.text += whole.substr(hunks + 1);
  }
  return out;
}

bool same_type(const TreeEntry& a, const TreeEntry& b) {
  return (static_cast<std::uint32_t>(a.mode) & 0170000) == (static_cast<std::uint32_t>(b.mode) & 0170000);
}

Result<FilePatch> patch_change(const ObjectStore& store, const Change& change, const PatchOptions& options,
                               bool want_text) {
  if (!change.before.exists() || !change.after.exists() || same_type(change.before, change.after)) {
    return patch_file(store, change, change.before, change.after, options, want_text);
  }
  FLEET_TRY(FilePatch removal, patch_file(store, change, change.before, {}, options, want_text));
  FLEET_TRY(const FilePatch addition, patch_file(store, change, {}, change.after, options, want_text));
  removal.text += addition.text;
  removal.is_whole = removal.is_whole && addition.is_whole;
  removal.added += addition.added;
  removal.removed += addition.removed;
  return removal;
}

Result<Patch> make(const ObjectStore& store, ObjectId before, ObjectId after, const PatchOptions& options,
                   bool want_text) {
  start_libgit2();
  FLEET_TRY(const auto changes, diff(store, before, after));
  Patch out;
  bool is_cut = false;
  for (const Change& change : changes) {
    const bool room = out.text.size() < options.max_bytes;
    FLEET_TRY(const FilePatch file, patch_change(store, change, options, want_text && room));
    ++out.stat.files;
    out.stat.added += file.added;
    out.stat.removed += file.removed;
    if (!file.is_whole && options.binary) out.complete = false;
    if (!want_text || is_cut) continue;
    if (room && file.text.size() <= options.max_bytes - out.text.size()) {
      out.text += file.text;
    } else {
      is_cut = true;
      out.complete = false;
      out.text += fmt::format("# fleet: the rest was left out, from {} on\n", quote_path(change.path));
    }
  }
  return out;
}

}  // namespace

Result<Patch> patch(const ObjectStore& store, ObjectId before, ObjectId after, const PatchOptions& options) {
  return make(store, before, after, options, true);
}

Result<PatchStat> patch_stat(const ObjectStore& store, ObjectId before, ObjectId after) {
  FLEET_TRY(const Patch made, make(store, before, after, {}, false));
  return made.stat;
}

}  // namespace fleet::git
