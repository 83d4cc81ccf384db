# The rules that come with fleet, in the binary: it finds them wherever it lies, and need not parse them.
#
#   fleet_embed_rules(FOLDER OUTPUT)   writes OUTPUT, a C++ file that defines built_in_rules() (analysis/built_in_rules.h)

function(fleet_embed_rules folder output)
  add_executable(embed_rules ${CMAKE_CURRENT_SOURCE_DIR}/embed/embed_rules.cc)
  target_link_libraries(embed_rules PRIVATE fleet_yaml)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.yml)
  add_custom_command(OUTPUT ${output} COMMAND embed_rules ${folder} ${output} DEPENDS embed_rules ${files} VERBATIM)
endfunction()
