# LibTorch as the target glow_torch: from CMAKE_PREFIX_PATH, or from the torch of .venv.

if(NOT Torch_DIR AND NOT CMAKE_PREFIX_PATH)
  file(GLOB GLOW_VENV_TORCH ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  if(GLOW_VENV_TORCH)
    list(GET GLOW_VENV_TORCH 0 GLOW_VENV_TORCH)
    list(APPEND CMAKE_PREFIX_PATH ${GLOW_VENV_TORCH})
  endif()
endif()

# TorchConfig of a CUDA build asks for the CUDA toolkit, which running needs no part of: the three
# libraries and the headers are all that glow uses.
find_path(GLOW_TORCH_ROOT include/ATen/ATen.h PATHS ${CMAKE_PREFIX_PATH} ${Torch_DIR}/../../..
          REQUIRED DOC "Root of LibTorch: the torch folder of a Python installation, or libtorch")
add_library(glow_torch INTERFACE)
set_target_properties(glow_torch PROPERTIES EXPORT_NAME torch)
target_include_directories(glow_torch SYSTEM INTERFACE
  $<BUILD_INTERFACE:${GLOW_TORCH_ROOT}/include>
  $<BUILD_INTERFACE:${GLOW_TORCH_ROOT}/include/torch/csrc/api/include>)
foreach(name torch torch_cpu c10)
  find_library(GLOW_TORCH_${name} ${name} PATHS ${GLOW_TORCH_ROOT}/lib NO_DEFAULT_PATH REQUIRED)
  target_link_libraries(glow_torch INTERFACE $<BUILD_INTERFACE:${GLOW_TORCH_${name}}>)
endforeach()
foreach(name torch_cuda c10_cuda)
  find_library(GLOW_TORCH_${name} ${name} PATHS ${GLOW_TORCH_ROOT}/lib NO_DEFAULT_PATH)
  if(GLOW_TORCH_${name})
    # Nothing refers to them by symbol: without this the linker drops them, and with them the GPU.
    target_link_options(glow_torch INTERFACE
      $<BUILD_INTERFACE:LINKER:--no-as-needed,${GLOW_TORCH_${name}},--as-needed>)
  endif()
endforeach()
message(STATUS "LibTorch: ${GLOW_TORCH_ROOT}")
