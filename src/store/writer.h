#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "store/rows.h"

namespace fleet::store {

// Writes batches to the state's database, on one thread of its own, which owns the connection that writes.
// All batches that wait are committed together (group commit), in the order they were submitted, with full
// durability when one of them asks for it. Other processes may read and write the same database meanwhile.
//
// Once a commit failed (disk full, I/O error), nothing more is written: that batch and all later ones
// are answered with the error, so that the journal never has a hole. Any thread may call.
class Writer {
 public:
  using Callback = std::function<void(Result<>)>;

  // Makes the database, or brings its schema up to date, before it returns.
  [[nodiscard]] static Result<std::unique_ptr<Writer>> open(const std::filesystem::path& database);
  // Commits what waits, then ends the thread.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // `on_committed` is called once, on the writer's thread, in the order of submission; it must be quick, must
  // not throw, and must not wait for the writer. It may be empty.
  void submit(Batch batch, Callback on_committed = {});
  // Waits until everything that was submitted before has been answered. The error, if the writer failed.
  [[nodiscard]] Result<> flush();

 private:
  class Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fleet::store
