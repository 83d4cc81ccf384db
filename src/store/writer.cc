#include "store/writer.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "base/thread.h"
#include "store/database.h"
#include "store/row_writer.h"
#include "store/schema.h"

namespace fleet::store {
namespace {

// Bounds how long the first of a group waits for the last.
constexpr std::size_t kMaxGroup = 1000;

struct Item {
  Batch batch;
  Writer::Callback on_committed;
};

}  // namespace

class Writer::Impl {
 public:
  explicit Impl(Database database) : database_(std::move(database)) {}

  Result<> start() {
    FLEET_TRY(thread_, base::start_thread([this] { work(); }));
    return {};
  }

  ~Impl() {
    queue_.lock()->closed = true;
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void submit(Item item) {
    auto queue = queue_.lock();
    queue->waiting.push_back(std::move(item));
    ++queue->submitted;
    // Only a thread that sleeps needs to be woken: the first of a burst.
    if (queue->waiting.size() == 1) changed_.notify_all();
  }

  Result<> flush() {
    auto queue = queue_.lock();
    const std::uint64_t target = queue->submitted;
    changed_.wait(queue.mutex_lock(), [&] { return queue->answered >= target; });
    if (queue->error) return base::fail(*queue->error);
    return {};
  }

 private:
  struct Queue {
    std::vector<Item> waiting;
    std::uint64_t submitted = 0;
    std::uint64_t answered = 0;
    std::optional<Error> error;  // why nothing is written any more
    bool closed = false;
  };

  void work() {
    std::vector<Item> items;
    while (true) {
      {
        auto queue = queue_.lock();
        changed_.wait(queue.mutex_lock(), [&] { return queue->closed || !queue->waiting.empty(); });
        if (queue->waiting.empty()) return;
        items.swap(queue->waiting);
      }
      for (std::size_t begin = 0; begin < items.size(); begin += kMaxGroup)
        commit_group(std::span(items).subspan(begin, std::min(kMaxGroup, items.size() - begin)));
      items.clear();
    }
  }

  void commit_group(std::span<Item> group) {
    if (!error_) {
      if (auto committed = commit(group); !committed) error_ = std::move(committed).error();
    }
    for (Item& item : group) {
      if (item.on_committed) item.on_committed(error_ ? Result<>(base::fail(*error_)) : Result<>());
    }
    auto queue = queue_.lock();
    queue->answered += group.size();
    queue->error = error_;
    changed_.notify_all();
  }

  Result<> commit(std::span<const Item> group) {
    const bool full = std::any_of(group.begin(), group.end(),
                                  [](const Item& item) { return item.batch.durability == Durability::full; });
    FLEET_CHECK(
        database_.set_synchronous(full ? Database::Synchronous::full : Database::Synchronous::normal));
    FLEET_TRY(Transaction transaction, Transaction::begin(database_, Transaction::Kind::write));
    for (const Item& item : group)
      FLEET_CHECK(write_batch(database_, item.batch, heard_of_));
    return transaction.commit();
  }

  // Of the writer's thread alone.
  Database database_;
  HeardOf heard_of_;
  std::optional<Error> error_;

  base::Sync<Queue> queue_;
  std::condition_variable changed_;
  std::thread thread_;
};

Result<std::unique_ptr<Writer>> Writer::open(const std::filesystem::path& database) {
  FLEET_TRY(Database connection, open_state_database(database));
  // A third of the time of a small batch. That the run and its tasks are there is seen without
  // (row_writer.cc).
  FLEET_CHECK(connection.check_references(false));
  auto impl = std::make_unique<Impl>(std::move(connection));
  FLEET_CHECK(impl->start());
  return std::unique_ptr<Writer>(new Writer(std::move(impl)));
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() = default;

void Writer::submit(Batch batch, Callback on_committed) {
  impl_->submit({std::move(batch), std::move(on_committed)});
}

Result<> Writer::flush() {
  return impl_->flush();
}

}  // namespace fleet::store
