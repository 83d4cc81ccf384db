#include "git/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/assert.h"
#include "base/random.h"
#include "base/sync.h"
#include "git/checkout.h"
#include "git/layer.h"

namespace fleet::git {

namespace fs = std::filesystem;

// No task may guess where another one works: the modes and times of files are not the sandbox's to guard.
constexpr std::size_t kNameDigits = 16;

struct WorkspacePool::State {
  State(const Repository& from, fs::path where, const PoolOptions& chosen)
      : repository(from), folder(std::move(where)), options(chosen) {}

  struct Slots {
    struct Idle {
      std::unique_ptr<Checkout> checkout;
      Since since = Since::maybe_changed;
    };
    std::vector<Idle> idle;  // the last used at the end
    std::size_t size = 0;
  };
  const Repository& repository;
  const fs::path folder;
  const PoolOptions options;
  base::Sync<Slots> slots;
  // Checkouts that many use at the same time.
  struct Shared {
    std::map<ObjectId, std::weak_ptr<const Workspace>> all;  // by commit
    // Held on to between two tasks that share it: looking through a workspace takes longer than a small task.
    std::shared_ptr<const Workspace> last;
  };
  // Locked while a shared checkout is made, so that two tasks do not make two. Those below layers are not
  // those that tasks read: a program that knows where a file lies can change its mode.
  base::Sync<Shared> shared, lower;

  Result<std::shared_ptr<const Workspace>> share(const std::shared_ptr<State>& self,
                                                 base::Sync<Shared>& among, ObjectId commit, Since since);
  // One that only we hold on to is as good as idle.
  static void let_go(base::Sync<Shared>& shared) {
    auto locked = shared.lock();
    if (locked->last.use_count() == 1) locked->last.reset();
  }
  // One that is idle, moved to the commit; null: there is none.
  Result<std::unique_ptr<Workspace::Lease>> reuse(const std::shared_ptr<State>& self, ObjectId commit);
  Result<Workspace> fill(const std::shared_ptr<State>& self, ObjectId commit);
  std::optional<Slots::Idle> take_idle(ObjectId tree);
  Result<std::unique_ptr<Checkout>> make();
  void put_back(std::unique_ptr<Checkout> checkout, Since since);
  // The folder below layers of a commit.
  Result<std::shared_ptr<const WorkFolder>> lower_of(const std::shared_ptr<State>& self, ObjectId commit);
};

struct Workspace::Lease {
  std::shared_ptr<WorkspacePool::State> pool;
  std::unique_ptr<Checkout> checkout;  // or
  std::unique_ptr<Layer> layer;
  Since since = Since::maybe_changed;  // when it goes back
  Lease(std::shared_ptr<WorkspacePool::State> from, std::unique_ptr<Checkout> what)
      : pool(std::move(from)), checkout(std::move(what)) {}
  Lease(std::shared_ptr<WorkspacePool::State> from, std::unique_ptr<Layer> what)
      : pool(std::move(from)), layer(std::move(what)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (checkout) pool->put_back(std::move(checkout), since);
  }
  [[nodiscard]] WorkFolder& at() const {
    return layer ? static_cast<WorkFolder&>(*layer) : static_cast<WorkFolder&>(*checkout);
  }
};

// One that holds the very tree, else the last used: it is most likely to be near.
std::optional<WorkspacePool::State::Slots::Idle> WorkspacePool::State::take_idle(ObjectId tree) {
  auto locked = slots.lock();
  auto& idle = locked->idle;
  if (idle.empty()) return std::nullopt;
  auto found = std::find_if(idle.rbegin(), idle.rend(), [&](const Slots::Idle& one) {
    return one.checkout->tree() == tree && !tree.is_none();
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

void WorkspacePool::State::put_back(std::unique_ptr<Checkout> checkout, Since since) {
  auto locked = slots.lock();
  if (checkout->is_usable()) {
    locked->idle.push_back({std::move(checkout), since});
  } else {
    --locked->size;  // its folder stays until the pool's is removed
  }
}

Workspace::Workspace(std::unique_ptr<Lease> lease) : lease_(std::move(lease)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

const fs::path& Workspace::folder() const {
  return lease_->at().folder();
}
ObjectId Workspace::commit() const {
  return lease_->at().commit();
}
std::optional<Layers> Workspace::layers() const {
  return lease_->at().layers();
}
Result<bool> Workspace::holds(const std::string& path) const {
  return lease_->at().holds(path.back() == '/' ? path.substr(0, path.size() - 1) : path);
}
Result<> Workspace::move_to(ObjectId commit, Since since) {
  if (lease_->checkout) return lease_->checkout->move_to(commit, since);
  FLEET_TRY(auto lower, lease_->pool->lower_of(lease_->pool, commit));
  return lease_->layer->move_to(std::move(lower));
}
Result<WorkspaceSnapshot> Workspace::snapshot(std::optional<ObjectId> base) {
  return lease_->at().snapshot(base);
}
Result<Kept> Workspace::take_kept(std::span<const std::string> globs, const fs::path& store) {
  return lease_->at().take_kept(globs, store);
}
Result<Kept> Workspace::give_kept(const fs::path& store) {
  return lease_->at().give_kept(store);
}

WorkspacePool::WorkspacePool(std::shared_ptr<State> state) : state_(std::move(state)) {}
WorkspacePool::WorkspacePool(WorkspacePool&&) noexcept = default;
WorkspacePool& WorkspacePool::operator=(WorkspacePool&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
WorkspacePool::~WorkspacePool() {
  if (!state_) return;
  for (auto* shared : {&state_->shared, &state_->lower})
    shared->lock()->last.reset();  // which holds the state in turn
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
    auto lease = std::make_unique<Workspace::Lease>(self, std::move(found->checkout));
    if (lease->checkout->move_to(commit, found->since)) return lease;
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
  State::let_go(state_->shared);
  State::let_go(state_->lower);
  FLEET_TRY(auto freed, state_->reuse(state_, commit));
  if (freed) return Workspace(std::move(freed));
  return state_->fill(state_, commit);
}

Result<std::shared_ptr<const Workspace>> WorkspacePool::State::share(const std::shared_ptr<State>& self,
                                                                     base::Sync<Shared>& among,
                                                                     ObjectId commit, Since since) {
  auto locked = among.lock();
  if (auto alive = locked->all[commit].lock()) {
    locked->last = alive;
    return alive;
  }
  locked->last.reset();  // it may be the one that is moved
  FLEET_TRY(auto idle, reuse(self, commit));
  FLEET_TRY(Workspace workspace, idle ? Workspace(std::move(idle)) : fill(self, commit));
  workspace.lease_->since = since;
  auto made = std::make_shared<const Workspace>(std::move(workspace));
  std::erase_if(locked->all, [](const auto& known) { return known.second.expired(); });
  locked->all[commit] = made;
  locked->last = made;
  return made;
}

Result<SharedWorkspace> WorkspacePool::acquire_shared(ObjectId commit) {
  FLEET_TRY(auto shared, state_->share(state_, state_->shared, commit, Since::maybe_changed));
  return SharedWorkspace(std::move(shared));
}

Result<std::shared_ptr<const WorkFolder>> WorkspacePool::State::lower_of(const std::shared_ptr<State>& self,
                                                                         ObjectId commit) {
  FLEET_TRY(auto made, share(self, lower, commit, Since::unchanged));
  const WorkFolder& at = made->lease_->at();
  return std::shared_ptr<const WorkFolder>(std::move(made), &at);
}

Result<Workspace> WorkspacePool::acquire_layered(ObjectId commit) {
  FLEET_TRY(auto lower, state_->lower_of(state_, commit));
  FLEET_TRY(auto layer, Layer::make(state_->repository, std::move(lower),
                                    state_->folder / base::random_hex(kNameDigits), state_->options));
  return Workspace(std::make_unique<Workspace::Lease>(state_, std::move(layer)));
}

std::size_t WorkspacePool::size() const {
  return state_->slots.lock()->size;
}

}  // namespace fleet::git
