#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/durability.h"
#include "engine/input_json.h"
#include "sim/script.h"

namespace fleet::engine::tests {

class JournalChanged : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What is on the disk of a run's journal. A model of it: a commit is there as a whole or not at all, and not
// without those before it, as engine/driver, store/writer and SQLite have to see to. The text of each input
// is the real one, and by the real rules of durability a commit is waited for or not: what was not, a power
// cut may take.
class Disk {
 public:
  explicit Disk(const model::Plan& plan) : plan_(plan) {}

  // One commit: inputs with the steps that they led to.
  void commit(const std::vector<std::pair<Input, Step>>& batch, TimePoint at) {
    bool durable = false;
    for (const auto& [input, step] : batch) {
      entries_.emplace_back(to_journal(input), at);
      durable |= must_be_durable(plan_, input);
      for (const Action& action : step.actions)
        durable |= must_be_durable(plan_, action);
    }
    ends_of_commits_.push_back(entries_.size());
    if (durable) ends_of_commits_ = {entries_.size()};
  }

  // All that is there goes through here on its way back to a scheduler.
  template <class Visit>
  void read(Visit visit) const {
    for (const auto& [text, at] : entries_)
      visit(read_back(text), at);
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // Takes some of the last commits away, and answers what was in them.
  std::vector<Input> lose_power(Dice& dice) {
    std::vector<Input> lost;
    const auto kept = static_cast<std::size_t>(dice.roll(static_cast<int>(ends_of_commits_.size())));
    const std::size_t length = ends_of_commits_[kept];
    for (std::size_t i = length; i < entries_.size(); ++i)
      lost.push_back(read_back(entries_[i].first));
    entries_.resize(length);
    ends_of_commits_ = {length};  // what was read by the next process is on the disk
    return lost;
  }

 private:
  [[nodiscard]] Input read_back(const std::string& text) const {
    Result<Input> input = from_journal(text);
    if (!input || !fits_plan(*input, plan_.tasks.size()) || to_journal(*input) != text)
      throw JournalChanged("the journal does not come back as it was written: " + text);
    return *std::move(input);
  }

  const model::Plan& plan_;
  std::vector<std::pair<std::string, TimePoint>> entries_;
  // From the last one that was waited for: lengths that the journal may have after a power cut.
  std::vector<std::size_t> ends_of_commits_{0};
};

}  // namespace fleet::engine::tests
