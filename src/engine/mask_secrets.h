#pragma once

#include <vector>

#include "engine/input.h"
#include "model/change.h"
#include "text/mask.h"

namespace fleet::engine {

// Takes secrets out of the texts of an input: reasons, outputs, notes, paths. Ids, keys and the place of the
// log, by which fleet finds its own things again, stay as they are. The driver does so with all that is
// posted, so that the journal, the events and the reports, which come from it, hold none.
void mask_secrets(Input& input, const text::Masker& masker);
void mask_secrets(std::vector<model::Change>& changes, const text::Masker& masker);

}  // namespace fleet::engine
