# Puts files into a library as bytes: glow_embed(target symbol=path …) makes glow_<symbol> and
# glow_<symbol>_end. A file that changes is embedded anew.

function(glow_embed target)
  foreach(item ${ARGN})
    string(REPLACE "=" ";" pair ${item})
    list(GET pair 0 symbol)
    list(GET pair 1 path)
    set(assembly ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.S)
    file(CONFIGURE OUTPUT ${assembly} CONTENT [[
.section .rodata
.global glow_@symbol@
.global glow_@symbol@_end
glow_@symbol@:
.incbin "@path@"
glow_@symbol@_end:
.section .note.GNU-stack,"",%progbits
]] @ONLY)
    set_property(SOURCE ${assembly} APPEND PROPERTY OBJECT_DEPENDS ${path})
    target_sources(${target} PRIVATE ${assembly})
  endforeach()
endfunction()
