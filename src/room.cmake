# A room is a folder under src/, a library and a namespace. The link graph is the law of the house: a room may include
# only the rooms it names under USES, all of them on lower floors, and only it sees the packages it names under HIDES.
# The test `layers` (tests/layers.py) reads these calls and the #include lines, and fails on a breach.
#
#   fleet_room(plan FLOOR 3 USES base model text [HIDES re2::re2])

add_library(fleet_settings INTERFACE)
target_include_directories(fleet_settings INTERFACE ${CMAKE_CURRENT_LIST_DIR})
target_compile_options(fleet_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough $<$<BOOL:${FLEET_WERROR}>:-Werror>)
# In a unity build each file is included by another, and what is anonymous in it looks as if a header had it.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(fleet_settings INTERFACE -Wno-subobject-linkage)
endif()
if(FLEET_SANITIZE)
  add_compile_options(-fsanitize=${FLEET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FLEET_SANITIZE})
  add_compile_definitions(FLEET_SANITIZED)
  if(FLEET_SANITIZE MATCHES address)
    add_compile_definitions(FLEET_FINDS_LEAKS)
  endif()
endif()
target_compile_definitions(fleet_settings INTERFACE FLEET_VERSION="${PROJECT_VERSION}")

function(fleet_room name)
  cmake_parse_arguments(ROOM "" "FLOOR" "USES;HIDES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc ${CMAKE_CURRENT_SOURCE_DIR}/commands/*.cc)
  list(TRANSFORM ROOM_USES PREPEND fleet_)
  if(sources)
    add_library(fleet_${name} STATIC ${sources})
    target_link_libraries(fleet_${name} PUBLIC fleet_settings fleet_vocabulary ${ROOM_USES} PRIVATE ${ROOM_HIDES})
  else()
    add_library(fleet_${name} INTERFACE)
    target_link_libraries(fleet_${name} INTERFACE fleet_settings fleet_vocabulary ${ROOM_USES})
  endif()
endfunction()

# All programs that test rooms alone: what the sanitizers need where the whole program is not run under them.
add_custom_target(room_tests)

# The tests of a room: every tests/<room>/*_test.cc makes one program, <room>_test. USES names further rooms they need.
function(fleet_room_tests name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM ROOM_USES PREPEND fleet_)
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE fleet_${name} ${ROOM_USES} ${ROOM_LIBS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE FLEET_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # What takes time when they run is in the rooms; what takes time when they are compiled is in them.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0> -g1)
  add_dependencies(room_tests ${name}_test)
  set(labels ${name} ${ROOM_LABELS})
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}: PROPERTIES LABELS "${labels}" DISCOVERY_TIMEOUT 60)
endfunction()
