#include <cstdio>
#include <exception>

#include "app/app.h"
#include "base/exit_code.h"

int main(int argc, char** argv) {
  try {
    return fleet::app::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "fleet: internal error: %s\nThe run is safe on disk: `fleet resume` goes on from it.\n",
                 error.what());
    return static_cast<int>(fleet::base::ExitCode::world);
  }
}
