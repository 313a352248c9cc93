# Installing: the command with its manual pages and completions, the library, its header, the models, pkg-config and CMake
# packages. Components are the Debian packages of cmake/package.cmake.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ordo)
install(TARGETS ordo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ordo)
install(TARGETS ordo_shared EXPORT ordo-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libordo0
        NAMELINK_COMPONENT libordo-dev INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS ordo_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libordo-dev)
install(FILES ${ORDORT_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libordort-dev)
install(FILES exec/ordort.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libordort-dev)
install(FILES include/ordo.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libordo-dev)
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ordo/models COMPONENT libordo0
        FILES_MATCHING PATTERN "*.ordo" PATTERN "data/*")

# For plug-ins: the interface in one file, and its parts.
install(FILES ${ORDO_PLUGIN_HEADER} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libordo-dev)
foreach(folder base exec ir passes)
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ordo/${folder} COMPONENT libordo-dev
          FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
endforeach()

set_target_properties(ordo_shared PROPERTIES EXPORT_NAME ordo)
install(EXPORT ordo-targets NAMESPACE ordo:: DESTINATION ${package_dir} COMPONENT libordo-dev)
configure_package_config_file(cmake/ordo-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/ordo-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ordo-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH ORDO_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix) # "lib" and "lib/x86_64-linux-gnu"
configure_file(cmake/ordo.pc.in ${CMAKE_CURRENT_BINARY_DIR}/ordo.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ordo-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/ordo-config-version.cmake
        DESTINATION ${package_dir} COMPONENT libordo-dev)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ordo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libordo-dev)

# Manual pages and completions.
set(manuals ${CMAKE_CURRENT_BINARY_DIR}/manuals)
add_custom_command(OUTPUT ${manuals}/ordo.1.gz COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cmake/manuals.sh $<TARGET_FILE:ordo> ${manuals}
                   DEPENDS ordo cmake/manuals.sh VERBATIM)
add_custom_target(manuals ALL DEPENDS ${manuals}/ordo.1.gz)
install(DIRECTORY ${manuals}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ordo FILES_MATCHING PATTERN "*.1.gz")
install(FILES ${manuals}/ordo.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ordo COMPONENT ordo)
install(FILES ${manuals}/ordo.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _ordo COMPONENT ordo)
install(FILES ${manuals}/ordo.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT ordo)

# What editors read: docs/editors.md.
install(DIRECTORY editors/vim editors/textmate DESTINATION ${CMAKE_INSTALL_DATADIR}/ordo/editors COMPONENT ordo)

# The Python package, where Debian's Python looks for it; elsewhere pip makes a wheel.
if(TARGET ordo_python AND CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  install(TARGETS ordo_python LIBRARY DESTINATION lib/python3/dist-packages/ordo COMPONENT python3-ordo)
  install(FILES ${ORDO_PYTHON_FILES} DESTINATION lib/python3/dist-packages/ordo COMPONENT python3-ordo)
endif()
include(cmake/package.cmake)
