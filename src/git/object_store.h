#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "base/time.h"
#include "model/change.h"

namespace fleet::git {

class Handles;  // libgit2's handles on one repository, pooled (git/handles.h)
class Tree;     // one folder of a snapshot, read (git/tree.h)

// Who made a commit, and when. Git keeps whole seconds.
struct Signature {
  std::string name;
  std::string email;
  TimePoint when{};
  int offset = 0;  // minutes east of UTC
};

struct Commit {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  Signature author;
  Signature committer;
  std::string message;
};

// A commit to be written. Author and committer are always kFleetName and kFleetEmail in UTC: with the same
// tree, parents, message and time the commit gets the same id on every machine.
struct NewCommit {
  ObjectId tree;
  std::vector<ObjectId> parents;
  std::string message;  // see git/message.h for trailers
  TimePoint when{};
};

inline constexpr std::string_view kFleetName = "fleet";
inline constexpr std::string_view kFleetEmail = "fleet@localhost";

// The objects of a repository: what is in them never changes, so any thread may use it, and `const` means
// only that nothing is added. Owned by its Repository. An object that is missing, damaged or of another kind
// is an Error.
//
// What is written is there at once for every reader, but survives a power cut only after sync().
class ObjectStore {
 public:
  explicit ObjectStore(std::shared_ptr<Handles> handles);
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  [[nodiscard]] Result<std::string> read_blob(ObjectId id) const;
  [[nodiscard]] Result<std::uint64_t> blob_size(ObjectId id) const;  // bytes; reads only the header
  [[nodiscard]] Result<ObjectId> write_blob(std::string_view bytes);
  // `size` bytes from the descriptor's position on, in pieces: for files that should not be held in memory.
  [[nodiscard]] Result<ObjectId> write_blob(int fd, std::uint64_t size, const std::string& path);
  [[nodiscard]] static ObjectId hash_blob(std::string_view bytes);

  // One folder. The empty tree need not be stored.
  [[nodiscard]] Result<std::shared_ptr<const Tree>> read_tree(ObjectId id) const;
  [[nodiscard]] Result<ObjectId> write_tree(
      std::string_view raw);  // in git's own format; git/tree.h makes it

  [[nodiscard]] Result<Commit> read_commit(ObjectId id) const;
  [[nodiscard]] Result<ObjectId> write_commit(const NewCommit& commit);
  [[nodiscard]] Result<ObjectId> tree_of(ObjectId commit) const;

  [[nodiscard]] bool contains(ObjectId id) const;
  // The same for an object that has been read or written here before, and that a `git gc` of somebody else
  // may have taken since.
  [[nodiscard]] bool still_contains(ObjectId id) const;

  // Makes durable all that was written through this store, and all refs written through git/refs.h, since the
  // last time: one group of fsyncs. Call it before journalling that a result exists.
  [[nodiscard]] Result<> sync();

  // Removes the names without content that a power cut can leave, which `git fsck` takes for damage: nothing
  // is lost, since no object is empty. Looks at every object that is not packed.
  void remove_empty() const;

  [[nodiscard]] const std::shared_ptr<Handles>& handles() const { return handles_; }

 private:
  class TreeCache;
  Result<ObjectId> write(std::string_view bytes, int type, std::string_view what);
  [[nodiscard]] bool remove_if_empty(ObjectId id) const;
  std::shared_ptr<Handles> handles_;
  std::unique_ptr<TreeCache> trees_;
};

}  // namespace fleet::git
