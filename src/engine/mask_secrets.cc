#include "engine/mask_secrets.h"

namespace fleet::engine {
namespace {

class Masking {
 public:
  explicit Masking(const text::Masker& masker) : masker_(masker) {}

  void operator()(ConditionEvaluated& input) const { mask(input.error); }
  void operator()(AttemptFinished& input) const {
    model::Outcome& outcome = input.outcome;
    for (std::string* text :
         {&outcome.reason, &outcome.feedback, &outcome.summary, &outcome.output_head, &outcome.output_tail})
      mask(*text);
    mask(outcome.paths);
    mask(outcome.notes);
    for (auto& [name, value] : outcome.outputs)
      mask(value);
    for (model::ProgramEnd& program : outcome.programs)
      mask(program.command);
    if (outcome.agent) {
      mask(outcome.agent->model);
      mask(outcome.agent->session);
    }
  }
  void operator()(Merged& input) const {
    mask(input.error);
    mask(input.overridden);
  }
  void operator()(Conflicted& input) const { mask(input.conflicts); }
  void operator()(Published& input) const {
    mask(input.error);
    mask(input.overridden);
  }
  // What holds no text from outside. One by one, so that a new kind of input has to be thought about.
  void operator()(RunStarted&) const {}
  void operator()(RunResumed&) const {}
  void operator()(AttemptStarted&) const {}
  void operator()(CallRequested&) const {}
  void operator()(CallSettled&) const {}
  void operator()(TimerFired&) const {}
  void operator()(Decided&) const {}
  void operator()(CancelRequested&) const {}
  void operator()(StopRequested&) const {}

 private:
  void mask(std::string& text) const { text = masker_.mask(text); }
  void mask(std::vector<std::string>& texts) const {
    for (std::string& text : texts)
      mask(text);
  }
  void mask(std::vector<model::Conflict>& conflicts) const {
    for (model::Conflict& conflict : conflicts) {
      mask(conflict.paths);
      mask(conflict.unmergeable);
    }
  }

  const text::Masker& masker_;
};

}  // namespace

void mask_secrets(Input& input, const text::Masker& masker) {
  if (!masker.masks_nothing()) std::visit(Masking(masker), input);
}

void mask_secrets(std::vector<model::Change>& changes, const text::Masker& masker) {
  if (masker.masks_nothing()) return;
  for (model::Change& change : changes)
    change.path = masker.mask(change.path);
}

}  // namespace fleet::engine
