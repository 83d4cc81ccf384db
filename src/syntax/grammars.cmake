# The tree-sitter runtime and the grammars, as C sources from npm: Debian's runtime is too old for them. package.json
# names them, package-lock.json pins each by its hash. They are fetched once, when CMake configures a build folder, and
# again only when the lock changes. No script of theirs runs.
#
# Makes the library `tree-sitter`.

set(FLEET_GRAMMARS "" CACHE PATH "A node_modules folder made from src/syntax/package-lock.json, for builds without network")

function(fleet_fetch_grammars folder)
  set(pins package.json package-lock.json .npmrc)
  list(TRANSFORM pins PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
  file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/package-lock.json wanted)
  set(stamp ${folder}/fetched)
  if(EXISTS ${stamp})
    file(READ ${stamp} fetched)
    if(fetched STREQUAL wanted)
      return()
    endif()
  endif()
  set(otherwise "Or fetch them elsewhere (npm ci in a copy of src/syntax) and configure with "
                "-DFLEET_GRAMMARS=<that folder>/node_modules.")
  string(CONCAT otherwise ${otherwise})
  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "npm is needed once, to fetch the tree-sitter grammars, and is not installed. "
                        "On Debian: apt-get install npm. ${otherwise}")
  endif()
  message(STATUS "Fetching the tree-sitter grammars")
  file(REMOVE_RECURSE ${folder})
  file(COPY ${sources} DESTINATION ${folder})
  execute_process(COMMAND ${NPM} ci --no-audit --no-fund WORKING_DIRECTORY ${folder}
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "npm ci could not fetch the tree-sitter grammars into ${folder}:\n${output}\n"
                        "Is the npm registry within reach? ${otherwise}")
  endif()
  file(GLOB unneeded ${folder}/node_modules/*/prebuilds ${folder}/node_modules/*/*.wasm)
  file(REMOVE_RECURSE ${unneeded})
  file(WRITE ${stamp} ${wanted})
endfunction()

if(FLEET_GRAMMARS)
  set(modules ${FLEET_GRAMMARS})
else()
  set(modules ${CMAKE_CURRENT_BINARY_DIR}/grammars/node_modules)
  fleet_fetch_grammars(${CMAKE_CURRENT_BINARY_DIR}/grammars)
endif()

# A new language: its package in package.json, its folder here, and its row in grammar.cc.
set(runtime ${modules}/tree-sitter/vendor/tree-sitter/lib)
set(sources ${runtime}/src/lib.c)
foreach(grammar c cpp go java javascript python rust typescript/typescript typescript/tsx)
  file(GLOB files ${modules}/tree-sitter-${grammar}/src/*.c)
  if(NOT files)
    message(FATAL_ERROR "${modules}/tree-sitter-${grammar} holds no C sources: was it made from src/syntax/package-lock.json?")
  endif()
  set_source_files_properties(${files} PROPERTIES INCLUDE_DIRECTORIES ${modules}/tree-sitter-${grammar}/src)
  list(APPEND sources ${files})
endforeach()

# Optimised and without sanitizers in every build: the code of others, and most of the time of every test.
add_library(tree-sitter STATIC ${sources})
target_include_directories(tree-sitter SYSTEM PUBLIC ${runtime}/include PRIVATE ${runtime}/src)
target_compile_options(tree-sitter PRIVATE -std=gnu11 -w -O2 -fno-sanitize=all)
