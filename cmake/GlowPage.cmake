# Puts the page's own files and the plotting library into the library as bytes, so that a report is
# one self-contained file and the command needs nothing beside it.

find_file(GLOW_PLOTLY_JS plotly.min.js
  PATHS ${CMAKE_SOURCE_DIR}/.venv/lib/python3.10/site-packages/plotly/package_data
        ${CMAKE_SOURCE_DIR}/.venv/lib/python3.11/site-packages/plotly/package_data
        ${CMAKE_SOURCE_DIR}/.venv/lib/python3.12/site-packages/plotly/package_data
        ${CMAKE_SOURCE_DIR}/.venv/lib/python3.13/site-packages/plotly/package_data
  REQUIRED NO_DEFAULT_PATH DOC "plotly.min.js, for one of the Python package plotly")

function(glow_embed_page target)
  set(assembly ${CMAKE_CURRENT_BINARY_DIR}/page.S)
  set(text "")
  foreach(item "plotly_js=${GLOW_PLOTLY_JS}"
               "page_html=${CMAKE_CURRENT_SOURCE_DIR}/glow/report/page.html"
               "page_css=${CMAKE_CURRENT_SOURCE_DIR}/glow/report/page.css"
               "page_js=${CMAKE_CURRENT_SOURCE_DIR}/glow/report/page.js")
    string(REPLACE "=" ";" pair ${item})
    list(GET pair 0 name)
    list(GET pair 1 path)
    string(APPEND text ".global glow_${name}\n.global glow_${name}_end\n"
                       "glow_${name}:\n.incbin \"${path}\"\nglow_${name}_end:\n")
    set_property(SOURCE ${assembly} APPEND PROPERTY OBJECT_DEPENDS ${path})
  endforeach()
  file(WRITE ${assembly}.new
       ".section .rodata\n${text}.section .note.GNU-stack,\"\",%progbits\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${assembly}.new ${assembly})
  target_sources(${target} PRIVATE ${assembly})
endfunction()
