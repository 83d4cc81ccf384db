# The tree-sitter runtime and the grammars, as C sources from npm: Debian's runtime is too old for them. package.json
# names them.
#
# Makes the library `tree-sitter`.

set(FLEET_GRAMMARS "" CACHE PATH "A node_modules folder made from src/syntax/package-lock.json, for builds without network")
fleet_npm_packages(modules syntax grammars "the tree-sitter grammars" OVERRIDE FLEET_GRAMMARS)

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
