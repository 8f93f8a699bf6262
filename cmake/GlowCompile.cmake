# Compiler settings shared by all targets: ccache, a fast linker, warnings, the precompiled header.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness lets ccache serve files that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()

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

# LibTorch's headers cost seconds a file; parsed once, they cost one.
function(glow_precompile target)
  target_precompile_headers(${target} PRIVATE
    <ATen/ATen.h> <torch/nn/module.h> <fmt/format.h> <fmt/ranges.h>
    <algorithm> <functional> <map> <memory> <string> <vector>)
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()
