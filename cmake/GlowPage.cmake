# Puts the page's own files and the plotting library into the library as bytes, so that a report is
# one self-contained file and the command needs nothing beside it.

if(GLOW_PLOTLY_JS AND NOT EXISTS ${GLOW_PLOTLY_JS})
  unset(GLOW_PLOTLY_JS CACHE)
endif()
# Beside the torch of a Python installation, or in .venv.
file(GLOB GLOW_PLOTLY_FOLDERS
     ${GLOW_TORCH_ROOT}/../plotly/package_data
     ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/plotly/package_data)
find_file(GLOW_PLOTLY_JS plotly.min.js PATHS ${GLOW_PLOTLY_FOLDERS} REQUIRED NO_DEFAULT_PATH
          DOC "plotly.min.js, for one of the Python package plotly")

# A third of the size in every report; browsers unpack it themselves.
set(GLOW_PLOTLY_GZ ${CMAKE_CURRENT_BINARY_DIR}/plotly.min.js.gz)
if(NOT EXISTS ${GLOW_PLOTLY_GZ} OR ${GLOW_PLOTLY_JS} IS_NEWER_THAN ${GLOW_PLOTLY_GZ})
  file(ARCHIVE_CREATE OUTPUT ${GLOW_PLOTLY_GZ} PATHS ${GLOW_PLOTLY_JS}
       FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
endif()

function(glow_embed_page target)
  if(APPLE)
    set(section ".section __DATA,__const")
    set(prefix "_")
    set(end "")
  else()
    set(section ".section .rodata")
    set(prefix "")
    set(end ".section .note.GNU-stack,\"\",%progbits\n")
  endif()
  set(page ${CMAKE_CURRENT_SOURCE_DIR}/glow/report)
  set(assembly ${CMAKE_CURRENT_BINARY_DIR}/page.S)
  set(text "${section}\n")
  foreach(item plotly_js_gz=${GLOW_PLOTLY_GZ} page_html=${page}/page.html
               page_css=${page}/page.css look_js=${page}/look.js
               plots_js=${page}/plots.js page_js=${page}/page.js)
    string(REPLACE "=" ";" pair ${item})
    list(GET pair 0 name)
    list(GET pair 1 path)
    set(symbol ${prefix}glow_${name})
    string(APPEND text ".global ${symbol}\n.global ${symbol}_end\n"
                       "${symbol}:\n.incbin \"${path}\"\n${symbol}_end:\n")
    set_property(SOURCE ${assembly} APPEND PROPERTY OBJECT_DEPENDS ${path})
  endforeach()
  file(CONFIGURE OUTPUT ${assembly} CONTENT "${text}${end}" @ONLY)
  target_sources(${target} PRIVATE ${assembly})
endfunction()
