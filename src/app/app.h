#pragma once

namespace fleet::app {

// The whole program: reads the command line, does what it asks, and gives back the exit code
// (base/exit_code.h). What is thrown is a bug, or the machine out of memory; main catches it.
int run(int argc, char** argv);

}  // namespace fleet::app
