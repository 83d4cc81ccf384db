#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "os/sandbox.h"

namespace fleet::os {

// A folder that a program sees as a copy of its own of another one: what it reads comes from `lower`, and all
// that it changes is kept in `upper` (overlayfs, Documentation/filesystems/overlayfs.rst). It is mounted for
// one program and its descendants alone, in a mount namespace of theirs, and gone with the last of them.
//
// In `upper`, a character device 0:0 stands for what was removed, and a folder with the attribute
// `user.overlay.opaque` hides what `lower` has there. Renaming a folder of `lower` fails with EXDEV, as
// between two disks.
struct OverlayMount {
  std::string lower;  // nobody may change it meanwhile
  std::string upper;
  std::string scratch;  // on the same file system as `upper`, ours alone; each mount adds a folder
  std::string at;       // an empty folder: where the program sees it
};

// Nothing: programs of this user (none: ourselves) can have overlays whose folders lie in `folder`, which was
// found by trying. Else why not. Blocks for some milliseconds; any thread but one that runs an event loop.
[[nodiscard]] Result<std::optional<std::string>> why_no_overlay(const std::string& folder,
                                                                const std::optional<UserId>& user);

// Inside the room: all that a child needs to mount it, made ready before the child exists.
//
// With CAP_SYS_ADMIN, the child takes a mount namespace. Without, it enters a user namespace first, in which
// its uid stands for itself. That one is made once, by a process that ends at once: the child shares our
// memory, and so cannot make its own where our memory is hidden (/proc/self/uid_map belongs to root then).
class PreparedOverlay {
 public:
  [[nodiscard]] static Result<PreparedOverlay> prepare(const OverlayMount& mount);

  // For a child between clone and exec. A descriptor of the mounted folder, or a negated errno.
  [[nodiscard]] int mount() const noexcept;

 private:
  OverlayMount mount_;
  std::string work_;
  int user_namespace_ = -1;  // for good; none: not needed
};

}  // namespace fleet::os
