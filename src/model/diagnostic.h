#pragma once

#include <string>
#include <vector>

#include "model/workflow.h"

namespace fleet::model {

// Something wrong in a file that a user wrote.
struct Diagnostic {
  std::string path;  // of the file
  Location at;
  int length = 1;          // characters to underline, from `at`
  std::string message;     // what is wrong
  std::string suggestion;  // what to write instead; may be empty
  bool secret = false;     // what is underlined may be a secret: it is never shown
};

using Diagnostics = std::vector<Diagnostic>;

}  // namespace fleet::model
