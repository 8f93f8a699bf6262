# glow_link_torch(target): LibTorch for an interface target; from CMAKE_PREFIX_PATH or Torch_DIR, else
# from the torch of .venv beside CMakeLists.txt or beside an installed wheel. For glow's own build
# and for those who find it.
#
# TorchConfig of a CUDA build asks for the CUDA toolkit, which running needs no part of: the three
# libraries and the headers are all that glow uses.
function(glow_link_torch target)
  file(GLOB in_venv ${CMAKE_CURRENT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  # An installed wheel has torch beside it.
  file(GLOB beside ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../../torch)
  find_path(GLOW_TORCH_ROOT include/ATen/ATen.h
            HINTS ${CMAKE_PREFIX_PATH} ${Torch_DIR}/../../.. ${in_venv} ${beside}
            PATH_SUFFIXES torch REQUIRED  # a folder of Python packages has it so
            DOC "Root of LibTorch: the torch folder of a Python installation, or libtorch")
  set(root ${GLOW_TORCH_ROOT})
  target_include_directories(${target} SYSTEM INTERFACE
    $<BUILD_INTERFACE:${root}/include> $<BUILD_INTERFACE:${root}/include/torch/csrc/api/include>)
  foreach(name torch torch_cpu c10)
    find_library(GLOW_TORCH_${name} ${name} PATHS ${root}/lib NO_DEFAULT_PATH REQUIRED)
    target_link_libraries(${target} INTERFACE $<BUILD_INTERFACE:${GLOW_TORCH_${name}}>)
  endforeach()
  foreach(name torch_cuda c10_cuda)
    find_library(GLOW_TORCH_${name} ${name} PATHS ${root}/lib NO_DEFAULT_PATH)
    if(GLOW_TORCH_${name})
      # Nothing refers to them by symbol: without this the linker drops them, and with them the GPU.
      target_link_options(${target} INTERFACE
        $<BUILD_INTERFACE:LINKER:--no-as-needed,${GLOW_TORCH_${name}},--as-needed>)
    endif()
  endforeach()
  message(STATUS "LibTorch: ${root}")
endfunction()
