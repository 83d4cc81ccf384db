#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/secrets.h"
#include "model/finding.h"

namespace fleet::analysis {

// Takes the values of secrets out of what findings show of a file, its messages and excerpts: also parts of
// values, where a line was cut.
void hide_secrets(std::vector<model::Finding>& findings, std::string_view source,
                  const std::vector<ValuePlace>& places);

// The text without what it has of the values: runs of 8 bytes and more, or the whole of a shorter one.
[[nodiscard]] std::string without_secrets(std::string_view text,
                                          std::initializer_list<std::string_view> values);

}  // namespace fleet::analysis
