#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "base/sync.h"

struct git_odb;
struct git_oid;
struct git_repository;

namespace fleet::git {

// libgit2's error of the last call in this thread, as an Error of ours. `code` is what the call returned.
[[nodiscard]] tl::unexpected<Error> fail_git(std::string tried, std::string on, int code,
                                             std::string hint = {});
[[nodiscard]] git_oid to_git(ObjectId id);
[[nodiscard]] ObjectId from_git(const git_oid& id);

// Starts libgit2 once, with the settings that fleet needs: 4 to 8 ms, which only commands that touch git pay.
void start_libgit2();

// libgit2's objects serve one thread at a time, so each call borrows a handle on the repository from here, or
// opens one more (about 0.1 ms) when all are out. Also what the threads share: which files are not yet
// durable, and the lock of those who write refs. Any thread.
class Handles {
 public:
  struct Handle {
    git_repository* repository = nullptr;
    git_odb* objects = nullptr;
    Handle() = default;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle();
  };

  class Borrowed {
   public:
    Borrowed(Handles& from, std::unique_ptr<Handle> handle) : from_(&from), handle_(std::move(handle)) {}
    Borrowed(Borrowed&&) noexcept = default;
    Borrowed& operator=(Borrowed&&) = delete;
    ~Borrowed() {
      if (handle_) from_->idle_.lock()->push_back(std::move(handle_));
    }
    [[nodiscard]] git_repository* repository() const { return handle_->repository; }
    [[nodiscard]] git_odb* objects() const { return handle_->objects; }

   private:
    Handles* from_;
    std::unique_ptr<Handle> handle_;
  };

  struct Unsynced {
    std::vector<ObjectId> objects;
    std::set<std::string> refs;  // names
    bool packs = false;          // whole packs were added
  };

  // `path` is the work folder, or the git folder of a bare repository; `first` is open on it.
  Handles(std::filesystem::path path, std::unique_ptr<Handle> first);

  [[nodiscard]] static Result<std::unique_ptr<Handle>> open(const std::filesystem::path& path,
                                                            unsigned flags);
  [[nodiscard]] Result<Borrowed> borrow();

  [[nodiscard]] std::mutex& ref_writers() { return ref_writers_; }
  [[nodiscard]] base::Sync<Unsynced>& unsynced() { return unsynced_; }
  // See ObjectStore::sync(). One at a time: what another thread is making durable may be the caller's.
  [[nodiscard]] Result<> sync();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& common_folder() const { return common_folder_; }
  [[nodiscard]] const std::filesystem::path& objects_folder() const { return objects_folder_; }

 private:
  std::filesystem::path path_, common_folder_, objects_folder_;
  base::Sync<std::vector<std::unique_ptr<Handle>>> idle_;
  base::Sync<Unsynced> unsynced_;
  std::mutex ref_writers_;
  std::mutex syncing_;
};

}  // namespace fleet::git
