#include "model/metrics.h"

#include <cmath>

namespace fleet::model {

double Halstead::volume() const {
  const std::uint32_t vocabulary = distinct_operators + distinct_operands;
  return vocabulary == 0 ? 0 : (operators + operands) * std::log2(vocabulary);
}

double Halstead::difficulty() const {
  return distinct_operands == 0 ? 0 : distinct_operators / 2.0 * operands / distinct_operands;
}

double Halstead::effort() const {
  return difficulty() * volume();
}

double Halstead::seconds() const {
  return effort() / 18;
}

double Halstead::bugs() const {
  return volume() / 3000;
}

}  // namespace fleet::model
