#include "git/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/assert.h"
#include "base/random.h"
#include "base/sync.h"
#include "git/checkout.h"

namespace fleet::git {

namespace fs = std::filesystem;

// No task may guess where another one works: the modes and times of files are not the sandbox's to guard.
constexpr std::size_t kNameDigits = 16;

struct WorkspacePool::State {
  State(const Repository& from, fs::path where, const PoolOptions& chosen)
      : repository(from), folder(std::move(where)), options(chosen) {}

  struct Slots {
    std::vector<std::unique_ptr<Checkout>> idle;  // the last used at the end
    std::size_t size = 0;
  };
  const Repository& repository;
  const fs::path folder;
  const PoolOptions options;
  base::Sync<Slots> slots;
  struct Shared {
    std::map<ObjectId, std::weak_ptr<const Workspace>> all;  // by commit
    // Held on to between two tasks that share it: looking through a workspace takes longer than a small task.
    std::shared_ptr<const Workspace> last;
  };
  // Locked while a shared workspace is made, so that two tasks do not make two.
  base::Sync<Shared> shared;

  // One that is idle, moved to the commit; null: there is none.
  Result<std::unique_ptr<Workspace::Lease>> reuse(const std::shared_ptr<State>& self, ObjectId commit);
  Result<Workspace> fill(const std::shared_ptr<State>& self, ObjectId commit);
  std::unique_ptr<Checkout> take_idle(ObjectId tree);
  Result<std::unique_ptr<Checkout>> make();
  void put_back(std::unique_ptr<Checkout> checkout);
};

struct Workspace::Lease {
  std::shared_ptr<WorkspacePool::State> pool;
  std::unique_ptr<Checkout> checkout;
  Lease(std::shared_ptr<WorkspacePool::State> from, std::unique_ptr<Checkout> what)
      : pool(std::move(from)), checkout(std::move(what)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool->put_back(std::move(checkout)); }
};

// One that holds the very tree, else the last used: it is most likely to be near.
std::unique_ptr<Checkout> WorkspacePool::State::take_idle(ObjectId tree) {
  auto locked = slots.lock();
  auto& idle = locked->idle;
  if (idle.empty()) return nullptr;
  auto found = std::find_if(idle.rbegin(), idle.rend(), [&](const auto& checkout) {
    return checkout->tree() == tree && !tree.is_none();
  });
  const auto at = found == idle.rend() ? std::prev(idle.end()) : std::prev(found.base());
  auto taken = std::move(*at);
  idle.erase(at);
  return taken;
}

Result<std::unique_ptr<Checkout>> WorkspacePool::State::make() {
  FLEET_TRY(auto checkout, Checkout::open(repository, folder / base::random_hex(kNameDigits), options));
  ++slots.lock()->size;
  return checkout;
}

void WorkspacePool::State::put_back(std::unique_ptr<Checkout> checkout) {
  auto locked = slots.lock();
  if (checkout->is_usable()) {
    locked->idle.push_back(std::move(checkout));
  } else {
    --locked->size;  // its folder stays until the pool's is removed
  }
}

Workspace::Workspace(std::unique_ptr<Lease> lease) : lease_(std::move(lease)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

const fs::path& Workspace::folder() const {
  return lease_->checkout->folder();
}
ObjectId Workspace::commit() const {
  return lease_->checkout->commit();
}
Result<> Workspace::move_to(ObjectId commit, Since since) {
  return lease_->checkout->move_to(commit, since);
}
Result<WorkspaceSnapshot> Workspace::snapshot(std::optional<ObjectId> base) {
  return lease_->checkout->snapshot(base);
}
Result<Kept> Workspace::take_kept(std::span<const std::string> globs, const fs::path& store) {
  return lease_->checkout->take_kept(globs, store);
}
Result<Kept> Workspace::give_kept(const fs::path& store) {
  return lease_->checkout->give_kept(store);
}

WorkspacePool::WorkspacePool(std::shared_ptr<State> state) : state_(std::move(state)) {}
WorkspacePool::WorkspacePool(WorkspacePool&&) noexcept = default;
WorkspacePool& WorkspacePool::operator=(WorkspacePool&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
WorkspacePool::~WorkspacePool() {
  if (state_) state_->shared.lock()->last.reset();  // which holds the state in turn
}

Result<WorkspacePool> WorkspacePool::open(const Repository& repository, const fs::path& folder,
                                          const PoolOptions& options) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return base::fail_errno("make the folder for workspaces", folder.string(), error.value(),
                            "put it elsewhere, or check who may write there");
  }
  auto state = std::make_shared<State>(repository, fs::canonical(folder, error), options);
  return WorkspacePool(state);
}

Result<std::unique_ptr<Workspace::Lease>> WorkspacePool::State::reuse(const std::shared_ptr<State>& self,
                                                                      ObjectId commit) {
  FLEET_TRY(const ObjectId tree, repository.objects().tree_of(commit));
  while (auto found = take_idle(tree)) {
    auto lease = std::make_unique<Workspace::Lease>(self, std::move(found));
    if (lease->checkout->move_to(commit, Since::maybe_changed)) return lease;
    // What was left in it could not be removed: the lease's end gives it up.
  }
  return nullptr;
}

Result<Workspace> WorkspacePool::State::fill(const std::shared_ptr<State>& self, ObjectId commit) {
  FLEET_TRY(auto made, make());
  Workspace workspace(std::make_unique<Workspace::Lease>(self, std::move(made)));
  FLEET_CHECK(workspace.move_to(commit));
  return workspace;
}

Result<Workspace> WorkspacePool::acquire(ObjectId commit) {
  FLEET_TRY(auto idle, state_->reuse(state_, commit));
  if (idle) return Workspace(std::move(idle));
  {
    // One that only we hold on to is as good as idle.
    auto shared = state_->shared.lock();
    if (shared->last.use_count() == 1) shared->last.reset();
  }
  FLEET_TRY(auto freed, state_->reuse(state_, commit));
  if (freed) return Workspace(std::move(freed));
  return state_->fill(state_, commit);
}

Result<SharedWorkspace> WorkspacePool::acquire_shared(ObjectId commit) {
  auto shared = state_->shared.lock();
  if (auto alive = shared->all[commit].lock()) {
    shared->last = alive;
    return SharedWorkspace(std::move(alive));
  }
  shared->last.reset();  // it may be the one that is moved
  FLEET_TRY(auto idle, state_->reuse(state_, commit));
  FLEET_TRY(Workspace workspace, idle ? Workspace(std::move(idle)) : state_->fill(state_, commit));
  auto made = std::make_shared<const Workspace>(std::move(workspace));
  std::erase_if(shared->all, [](const auto& known) { return known.second.expired(); });
  shared->all[commit] = made;
  shared->last = made;
  return SharedWorkspace(std::move(made));
}

std::size_t WorkspacePool::size() const {
  return state_->slots.lock()->size;
}

}  // namespace fleet::git
