#include "app/app.h"

namespace fleet::app {

int run(int /*argc*/, char** /*argv*/) {
  return 2;
}

}  // namespace fleet::app
