# Compiler settings shared by all targets: a fast linker, warnings, the precompiled header.

find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER 12.0)
  add_link_options(-fuse-ld=mold)
endif()

# Not exported: a user's build has warnings of its own.
add_library(glow_warnings INTERFACE)
# GCC 12 sees overflows in std::string that are not there (GCC bug 105329 and its kin).
target_compile_options(glow_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-unknown-pragmas
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-array-bounds -Wno-restrict>
  $<$<BOOL:${GLOW_WERROR}>:-Werror>)

# Every file pays seconds for LibTorch's headers, even precompiled: so they are precompiled once, for all
# targets, and the files of a room are compiled as one. Together they divide the time of a whole build
# by six.
option(GLOW_UNITY "Compile each room as one file; off, a change rebuilds only its own file" ON)
function(glow_fast_build target)
  if(target STREQUAL "glow")
    target_precompile_headers(glow PRIVATE
      <ATen/ATen.h> <torch/nn/module.h> <fmt/format.h> <fmt/ranges.h>
      <algorithm> <functional> <map> <memory> <string> <vector>)
  else()
    target_precompile_headers(${target} REUSE_FROM glow)
    target_compile_options(${target} PRIVATE -fPIC)  # as the header was compiled, not -fPIE
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${GLOW_UNITY} UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(source MATCHES "([a-z]+)/[a-z_0-9]+[.]cpp$")
      set(room ${CMAKE_MATCH_1})
      math(EXPR files_of_${room} "0${files_of_${room}} + 1")
      math(EXPR part "${files_of_${room}} / 16")  # a large room in parts, for the cores to share
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${room}_${part})
    endif()
  endforeach()
endfunction()
