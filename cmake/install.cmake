# Installing: the command, the library, its header, the models, pkg-config and CMake packages.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ordo)
install(TARGETS ordo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ordo_shared EXPORT ordo-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS ordo_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${ORDORT_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES exec/ordort.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES include/ordo.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ordo/models FILES_MATCHING PATTERN "*.ordo" PATTERN "data/*")

# For passes from shared objects (passes/plugin.h).
foreach(folder base exec ir passes)
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ordo/${folder}
          FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
endforeach()

set_target_properties(ordo_shared PROPERTIES EXPORT_NAME ordo)
install(EXPORT ordo-targets NAMESPACE ordo:: DESTINATION ${package_dir})
configure_package_config_file(cmake/ordo-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/ordo-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ordo-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
configure_file(cmake/ordo.pc.in ${CMAKE_CURRENT_BINARY_DIR}/ordo.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ordo-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/ordo-config-version.cmake
        DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ordo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
