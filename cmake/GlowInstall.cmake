# find_package(glow): the targets glow::glow and glow::report.

include(CMakePackageConfigHelpers)
set(GLOW_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/glow)
install(TARGETS ${GLOW_TARGETS} glow_torch glow_warnings EXPORT glowTargets)
install(EXPORT glowTargets NAMESPACE glow:: DESTINATION ${GLOW_CMAKE_DIR})
install(DIRECTORY glow/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/glow FILES_MATCHING PATTERN "*.h")
configure_package_config_file(cmake/glowConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/glowConfig.cmake
                              INSTALL_DESTINATION ${GLOW_CMAKE_DIR})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/glowConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/GlowTorch.cmake ${CMAKE_CURRENT_BINARY_DIR}/glowConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/glowConfigVersion.cmake DESTINATION ${GLOW_CMAKE_DIR})
if(TARGET glow_command)
  # In a wheel, beside its libraries and torch; else where it was built against LibTorch.
  set_target_properties(glow_command PROPERTIES INSTALL_RPATH "$ORIGIN/../../torch/lib;$ORIGIN/../libs")
  target_link_options(glow_command PRIVATE LINKER:--disable-new-dtags)
  if(NOT SKBUILD)
    set_target_properties(glow_command PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
  install(TARGETS glow_command)
endif()
