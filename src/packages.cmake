# Every third-party package, found once. Which room may see which stands in the room's own CMakeLists.txt.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Poco REQUIRED COMPONENTS Foundation XML)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)

# The words that any room may use.
add_library(fleet_vocabulary INTERFACE)
target_link_libraries(fleet_vocabulary INTERFACE fmt::fmt nlohmann_json::nlohmann_json tl::expected Threads::Threads)

if(FLEET_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
