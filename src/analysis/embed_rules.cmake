# The rules that come with fleet, as text in the binary: it finds them wherever it lies.
#
#   fleet_embed_rules(FOLDER OUTPUT)   writes OUTPUT, a C++ file that defines built_in_rules() (analysis/built_in_rules.h)

function(fleet_embed_rules folder output)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.yml)
  list(SORT files)
  set(rows "")
  foreach(path ${files})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${path})
    file(READ ${folder}/${path} text)
    if(text MATCHES "\\)fleet-rule\"")
      message(FATAL_ERROR "${folder}/${path} holds the end of the literal that it is written into")
    endif()
    string(APPEND rows "    {\"${path}\", R\"fleet-rule(${text})fleet-rule\"},\n")
  endforeach()
  set(body "static constexpr BuiltInFile kFiles[] = {\n${rows}  };\n  return kFiles;")
  if(rows STREQUAL "")  # an array has at least one element
    set(body "return {};")
  endif()
  file(CONFIGURE OUTPUT ${output} CONTENT "#include \"analysis/built_in_rules.h\"

namespace fleet::analysis {

std::span<const BuiltInFile> built_in_rules() {
  @body@
}

}  // namespace fleet::analysis
" @ONLY)
endfunction()
