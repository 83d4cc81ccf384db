#include "app/app.h"

int main(int argc, char** argv) {
  return fleet::app::run(argc, argv);
}
