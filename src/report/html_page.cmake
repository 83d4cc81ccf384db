# The page of the HTML report, bundled from the files in html/ with the libraries that draw on it.
#
# Makes html_page.cc, the constants of report/html_page.h.

set(FLEET_REPORT_PAGE "" CACHE PATH "A node_modules folder made from src/report/html/package-lock.json, for builds without network")
fleet_npm_packages(modules report/html page "what draws on the HTML report" OVERRIDE FLEET_REPORT_PAGE)
find_program(NODE NAMES node nodejs REQUIRED)

file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/html/*)
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/html_page.cc
                   COMMAND ${NODE} ${CMAKE_CURRENT_SOURCE_DIR}/html/bundle.mjs ${modules} ${CMAKE_CURRENT_BINARY_DIR}/html_page.cc
                   DEPENDS ${files} COMMENT "Bundling the page of the HTML report" VERBATIM)
# One long literal, which clang would say that compilers need not take; the file is compiled by itself, so that this is said of no other.
set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/html_page.cc PROPERTIES
                            COMPILE_OPTIONS -Wno-overlength-strings SKIP_UNITY_BUILD_INCLUSION ON)
