#include "git/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <vector>

#include "base/assert.h"
#include "base/random.h"
#include "base/sync.h"
#include "git/checkout.h"
#include "git/layer.h"
#include "git/ref_copy.h"

namespace fleet::git {

namespace fs = std::filesystem;

// No task may guess where another one works: the modes and times of files are not the sandbox's to guard.
constexpr std::size_t kNameDigits = 16;

struct WorkspacePool::State {
  State(const Repository& from, fs::path where, const PoolOptions& chosen)
      : repository(from), folder(std::move(where)), options(chosen) {}

  // Checkouts that many use at the same time.
  struct Shared {
    std::map<ObjectId, std::weak_ptr<const Workspace>> all;  // by commit
    // Held on to between two tasks that share it: looking through a workspace takes longer than a small task.
    std::shared_ptr<const Workspace> last;
  };
  // Checkouts for one use.
  struct Stock {
    base::Sync<std::vector<std::unique_ptr<Checkout>>> idle;  // the last used at the end
    base::Sync<Shared> shared;  // locked while one is made, so that two tasks do not make two
  };

  const Repository& repository;
  const fs::path folder;
  const PoolOptions options;
  // Read once, so that all tasks see the same, and none waits for it.
  const std::shared_ptr<const std::string> refs =
      std::make_shared<const std::string>(packed_refs(repository));
  // For what no program is told of: checkouts below layers, and what is written in layers. Made before any
  // program runs, since whoever watches a folder (inotify(7), which Landlock does not stop) learns the names
  // of what is made in it.
  const fs::path hidden = folder / base::random_hex(kNameDigits);
  // Those that programs work in, and those below layers. None of the first ever becomes one of the second: a
  // program that knows where a file lies can change its mode.
  Stock own, lower;
  std::atomic<bool> lower_is_untouched = true;
  std::atomic<std::size_t> size = 0;

  // One that is idle, moved to the commit; null: there is none.
  Result<std::unique_ptr<Workspace::Lease>> reuse(const std::shared_ptr<State>& self, Stock& stock,
                                                  ObjectId commit);
  Result<Workspace> fill(const std::shared_ptr<State>& self, Stock& stock, ObjectId commit);
  Result<std::shared_ptr<const Workspace>> share(const std::shared_ptr<State>& self, Stock& stock,
                                                 ObjectId commit);
  // The folder below layers of a commit.
  Result<std::shared_ptr<const WorkFolder>> lower_of(const std::shared_ptr<State>& self, ObjectId commit);
  static std::unique_ptr<Checkout> take_idle(Stock& stock, ObjectId tree);
  void put_back(Stock& stock, std::unique_ptr<Checkout> checkout);
  [[nodiscard]] static fs::path new_folder(const fs::path& in) { return in / base::random_hex(kNameDigits); }
  [[nodiscard]] Since since(const Stock& stock) const {
    return &stock == &lower && lower_is_untouched ? Since::unchanged : Since::maybe_changed;
  }
};

struct Workspace::Lease {
  std::shared_ptr<WorkspacePool::State> pool;
  WorkspacePool::State::Stock* stock = nullptr;
  std::unique_ptr<Checkout> checkout;  // of the stock, or
  std::unique_ptr<Layer> layer;
  Lease(std::shared_ptr<WorkspacePool::State> from, WorkspacePool::State::Stock& of,
        std::unique_ptr<Checkout> what)
      : pool(std::move(from)), stock(&of), checkout(std::move(what)) {}
  Lease(std::shared_ptr<WorkspacePool::State> from, std::unique_ptr<Layer> what)
      : pool(std::move(from)), layer(std::move(what)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (checkout) pool->put_back(*stock, std::move(checkout));
  }
  [[nodiscard]] WorkFolder& at() const {
    return layer ? static_cast<WorkFolder&>(*layer) : static_cast<WorkFolder&>(*checkout);
  }
};

// One that holds the very tree, else the last used: it is most likely to be near.
std::unique_ptr<Checkout> WorkspacePool::State::take_idle(Stock& stock, ObjectId tree) {
  auto idle = stock.idle.lock();
  if (idle->empty()) return nullptr;
  auto found = std::find_if(idle->rbegin(), idle->rend(), [&](const auto& checkout) {
    return checkout->tree() == tree && !tree.is_none();
  });
  const auto at = found == idle->rend() ? std::prev(idle->end()) : std::prev(found.base());
  auto taken = std::move(*at);
  idle->erase(at);
  return taken;
}

void WorkspacePool::State::put_back(Stock& stock, std::unique_ptr<Checkout> checkout) {
  if (checkout->is_usable()) {
    stock.idle.lock()->push_back(std::move(checkout));
  } else {
    --size;  // its folder stays until the pool's is removed
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
void Workspace::abandon() {
  if (lease_->checkout) lease_->checkout->give_up();  // layers are nobody's afterwards anyway
}
Result<bool> Workspace::holds(const std::string& path) const {
  return lease_->at().holds(path);
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
  for (State::Stock* stock : {&state_->own, &state_->lower})
    stock->shared.lock()->last.reset();  // which holds the state in turn
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
  fs::create_directories(state->hidden, error);
  if (error) return base::fail_errno("make the folder", state->hidden.string(), error.value());
  return WorkspacePool(state);
}

Result<std::unique_ptr<Workspace::Lease>> WorkspacePool::State::reuse(const std::shared_ptr<State>& self,
                                                                      Stock& stock, ObjectId commit) {
  FLEET_TRY(const ObjectId tree, repository.objects().tree_of(commit));
  while (auto found = take_idle(stock, tree)) {
    auto lease = std::make_unique<Workspace::Lease>(self, stock, std::move(found));
    if (lease->checkout->move_to(commit, since(stock))) return lease;
    // What was left in it could not be removed: the lease's end gives it up.
  }
  return nullptr;
}

Result<Workspace> WorkspacePool::State::fill(const std::shared_ptr<State>& self, Stock& stock,
                                             ObjectId commit) {
  FLEET_TRY(auto made,
            Checkout::open(repository, new_folder(&stock == &lower ? hidden : folder), refs, options));
  ++size;
  Workspace workspace(std::make_unique<Workspace::Lease>(self, stock, std::move(made)));
  FLEET_CHECK(workspace.move_to(commit));
  return workspace;
}

Result<Workspace> WorkspacePool::acquire(ObjectId commit) {
  State::Stock& stock = state_->own;
  FLEET_TRY(auto idle, state_->reuse(state_, stock, commit));
  if (idle) return Workspace(std::move(idle));
  {
    // One that only we hold on to is as good as idle.
    auto shared = stock.shared.lock();
    if (shared->last.use_count() == 1) shared->last.reset();
  }
  FLEET_TRY(auto freed, state_->reuse(state_, stock, commit));
  if (freed) return Workspace(std::move(freed));
  return state_->fill(state_, stock, commit);
}

Result<std::shared_ptr<const Workspace>> WorkspacePool::State::share(const std::shared_ptr<State>& self,
                                                                     Stock& stock, ObjectId commit) {
  auto shared = stock.shared.lock();
  if (auto alive = shared->all[commit].lock()) {
    shared->last = alive;
    return alive;
  }
  shared->last.reset();  // it may be the one that is moved
  FLEET_TRY(auto idle, reuse(self, stock, commit));
  FLEET_TRY(Workspace workspace, idle ? Workspace(std::move(idle)) : fill(self, stock, commit));
  auto made = std::make_shared<const Workspace>(std::move(workspace));
  std::erase_if(shared->all, [](const auto& known) { return known.second.expired(); });
  shared->all[commit] = made;
  shared->last = made;
  return made;
}

Result<SharedWorkspace> WorkspacePool::acquire_shared(ObjectId commit) {
  FLEET_TRY(auto shared, state_->share(state_, state_->own, commit));
  return SharedWorkspace(std::move(shared));
}

Result<std::shared_ptr<const WorkFolder>> WorkspacePool::State::lower_of(const std::shared_ptr<State>& self,
                                                                         ObjectId commit) {
  FLEET_TRY(auto made, share(self, lower, commit));
  const WorkFolder& at = made->lease_->at();
  return std::shared_ptr<const WorkFolder>(std::move(made), &at);
}

Result<Workspace> WorkspacePool::acquire_layered(ObjectId commit) {
  FLEET_TRY(auto lower, state_->lower_of(state_, commit));
  FLEET_TRY(auto layer, Layer::make(state_->repository, std::move(lower), State::new_folder(state_->folder),
                                    State::new_folder(state_->hidden), state_->options));
  return Workspace(std::make_unique<Workspace::Lease>(state_, std::move(layer)));
}

void WorkspacePool::distrust_lower() {
  state_->lower_is_untouched = false;
}

const fs::path& WorkspacePool::folder() const {
  return state_->folder;
}

std::size_t WorkspacePool::size() const {
  return state_->size;
}

}  // namespace fleet::git
