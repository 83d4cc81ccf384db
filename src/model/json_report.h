#pragma once

#include <tuple>

#include "model/json_fields.h"
#include "model/report.h"

// The fields of the parts of a report that are kept by themselves.
namespace fleet::model {

template <>
struct Fields<GateReport> {
  static constexpr auto list = std::tuple{field("passed", &GateReport::passed),
                                          field("failures", &GateReport::failures),
                                          field("errors", &GateReport::errors),
                                          field("warnings", &GateReport::warnings),
                                          field("notes", &GateReport::notes),
                                          field("files", &GateReport::files),
                                          field("highest_complexity", &GateReport::highest_complexity),
                                          field("score", &GateReport::score),
                                          field("remarks", &GateReport::remarks)};
};

}  // namespace fleet::model
