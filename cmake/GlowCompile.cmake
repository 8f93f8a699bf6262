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

# LibTorch's headers cost seconds a file; parsed once, for all targets, they cost one.
function(glow_precompile target)
  if(target STREQUAL "glow")
    target_precompile_headers(glow PRIVATE
      <ATen/ATen.h> <torch/nn/module.h> <fmt/format.h> <fmt/ranges.h>
      <algorithm> <functional> <map> <memory> <string> <vector>)
  else()
    target_precompile_headers(${target} REUSE_FROM glow)
    target_compile_options(${target} PRIVATE -fPIC)  # as the header was compiled, not -fPIE
  endif()
endfunction()
