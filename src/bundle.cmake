# Run as a script by the target `bundle`: puts fleet, cppcheck, and all libraries that they load but glibc's own into one
# folder that runs wherever it is put, on any system of Debian 12's age or newer:
#
#   bin/    fleet, cppcheck and its cfg
#   lib/    the libraries
#   share/  licenses of all of it, where the sources are to be had (SOURCES), and a list of parts (fleet.spdx.json)
#
#   cmake -DFLEET=... -DSOURCE=... -DOUT=... -P bundle.cmake
#
# Needs patchelf and dpkg: what is bundled are Debian's packages.
cmake_policy(VERSION 3.25)
foreach(program patchelf dpkg-query strip node)
  find_program(PROGRAM_${program} ${program})
  if(NOT PROGRAM_${program})
    message(FATAL_ERROR "bundle: ${program} is missing")
  endif()
endforeach()
find_program(CPPCHECK cppcheck REQUIRED)

file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT}/bin ${OUT}/lib ${OUT}/share/licenses)
file(COPY_FILE ${FLEET} ${OUT}/bin/fleet)
file(COPY_FILE ${CPPCHECK} ${OUT}/bin/cppcheck)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE out OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(out "${out}" PARENT_SCOPE)
endfunction()

# glibc comes with the system: a program and its C library have to be of one kind with the kernel's loader.
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${FLEET} ${CPPCHECK} RESOLVED_DEPENDENCIES_VAR libraries
     UNRESOLVED_DEPENDENCIES_VAR missing
     PRE_EXCLUDE_REGEXES "^ld-linux.*" "^lib(c|m|pthread|dl|rt|resolv|util)[.]so.*")
if(missing)
  message(FATAL_ERROR "bundle: these libraries are not there: ${missing}")
endif()

set(packages cppcheck)
foreach(library ${libraries})
  get_filename_component(name ${library} NAME)
  file(REAL_PATH ${library} real)
  file(COPY_FILE ${real} ${OUT}/lib/${name})
  # Of a merged /usr, dpkg knows one of the two names.
  string(REGEX REPLACE "^/usr/lib/" "/lib/" other ${real})
  string(REGEX REPLACE "^/lib/" "/usr/lib/" usr ${real})
  execute_process(COMMAND dpkg-query -S ${usr} OUTPUT_VARIABLE owner ERROR_QUIET RESULT_VARIABLE code)
  if(code)
    run(dpkg-query -S ${other})
    set(owner "${out}")
  endif()
  string(REGEX REPLACE ":.*" "" owner "${owner}")
  list(APPEND packages ${owner})
endforeach()
list(SORT packages)
list(REMOVE_DUPLICATES packages)

# DT_RPATH, not DT_RUNPATH: it holds for the libraries of libraries too.
file(GLOB files ${OUT}/bin/* ${OUT}/lib/*)
foreach(file ${files})
  run(strip --strip-unneeded ${file})
  if(file MATCHES "/bin/")
    run(patchelf --force-rpath --set-rpath "$ORIGIN/../lib" ${file})
  else()
    run(patchelf --force-rpath --set-rpath "$ORIGIN" ${file})
  endif()
endforeach()

# cppcheck looks for them beside itself first.
run(dpkg-query -L cppcheck)
string(REGEX MATCH "[^\n]*/cfg/std[.]cfg" std "${out}")
get_filename_component(cfg ${std} DIRECTORY)
file(COPY ${cfg} DESTINATION ${OUT}/bin)
get_filename_component(data ${cfg} DIRECTORY)
if(EXISTS ${data}/platforms)
  file(COPY ${data}/platforms DESTINATION ${OUT}/bin)
endif()

set(sources "")
set(facts "")
foreach(package ${packages})
  file(COPY_FILE /usr/share/doc/${package}/copyright ${OUT}/share/licenses/${package})
  run(dpkg-query -W "-f=\${source:Package}\t\${source:Version}\t\${Version}\t\${Architecture}\n" ${package})
  string(REGEX REPLACE "\n.*" "" out "${out}")
  string(REPLACE "\t" ";" parts "${out}")
  list(GET parts 0 source)
  list(GET parts 1 source_version)
  string(APPEND sources "${source} ${source_version}\n")
  string(APPEND facts "${package}\t${out}\n")
endforeach()
file(COPY_FILE ${SOURCE}/LICENSE ${OUT}/share/licenses/fleet)
file(WRITE ${OUT}/share/licenses/SOURCES
     "What stands in bin/ and lib/ beside fleet itself are programs and libraries of Debian, as they are but for their search\n"
     "path (patchelf) and symbols (strip). Their sources, cppcheck's (GPL-3.0-or-later) among them, are Debian's source packages of\n"
     "these names and versions (`apt-get source NAME=VERSION`, or Debian's archive of all versions there ever were):\n\n${sources}")
file(WRITE ${OUT}/share/packages.tsv "${facts}")
run(node ${SOURCE}/src/sbom.mjs ${SOURCE} ${OUT}/share/packages.tsv ${OUT}/share)
file(REMOVE ${OUT}/share/packages.tsv)
