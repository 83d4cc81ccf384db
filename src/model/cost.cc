#include "model/cost.h"

#include <fmt/format.h>

namespace fleet::model {

std::string describe_usd(double usd) {
  return fmt::format("${:.{}f}", usd, usd > 0 && usd < 0.1 ? 4 : 2);
}

}  // namespace fleet::model
