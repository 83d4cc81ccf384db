# Packages from npm that building needs: sources and programs, of which package-lock.json pins each by its hash. They are
# fetched once, when CMake configures a build folder, and again only when the lock changes. No script of theirs runs.
#
#   fleet_npm_packages(OUT FOLDER NAME WHAT OVERRIDE VARIABLE)
#     OUT       gets the path of node_modules
#     FOLDER    under src/, with package.json, package-lock.json and .npmrc
#     NAME      of the folder they are fetched into, under the build folder of this directory
#     WHAT      they are, for people
#     OVERRIDE  the name of a variable that may hold such a node_modules already, for builds without network

function(fleet_npm_packages out folder name what)
  cmake_parse_arguments(NPM_PACKAGES "" "OVERRIDE" "" ${ARGN})
  if(${NPM_PACKAGES_OVERRIDE})
    set(${out} ${${NPM_PACKAGES_OVERRIDE}} PARENT_SCOPE)
    return()
  endif()
  set(into ${CMAKE_CURRENT_BINARY_DIR}/${name})
  set(${out} ${into}/node_modules PARENT_SCOPE)
  set(pins package.json package-lock.json .npmrc)
  list(TRANSFORM pins PREPEND ${PROJECT_SOURCE_DIR}/src/${folder}/ OUTPUT_VARIABLE sources)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
  file(SHA256 ${PROJECT_SOURCE_DIR}/src/${folder}/package-lock.json wanted)
  set(stamp ${into}/fetched)
  if(EXISTS ${stamp})
    file(READ ${stamp} fetched)
    if(fetched STREQUAL wanted)
      return()
    endif()
  endif()
  set(otherwise "Or fetch them elsewhere (npm ci in a copy of src/${folder}) and configure with "
                "-D${NPM_PACKAGES_OVERRIDE}=<that folder>/node_modules.")
  string(CONCAT otherwise ${otherwise})
  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "npm is needed once, to fetch ${what}, and is not installed. "
                        "On Debian: apt-get install npm. ${otherwise}")
  endif()
  message(STATUS "Fetching ${what}")
  file(REMOVE_RECURSE ${into})
  file(COPY ${sources} DESTINATION ${into})
  execute_process(COMMAND ${NPM} ci --no-audit --no-fund WORKING_DIRECTORY ${into}
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "npm ci could not fetch ${what} into ${into}:\n${output}\n"
                        "Is the npm registry within reach? ${otherwise}")
  endif()
  file(GLOB unneeded ${into}/node_modules/*/prebuilds ${into}/node_modules/*/*.wasm)
  if(unneeded)
    file(REMOVE_RECURSE ${unneeded})
  endif()
  file(WRITE ${stamp} ${wanted})
endfunction()
