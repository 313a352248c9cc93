# Debian packages: cmake -DCMAKE_INSTALL_PREFIX=/usr -DORDO_PYTHON=ON -DORDO_PYTHON_SHARED=ON -DORDO_MODELS_DIR= ..., then cpack.
# './bootstrap deb' does it. Each is a component of cmake/install.cmake.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ordo)
set(CPACK_PACKAGE_VENDOR "Ordo")
set(ORDO_MAINTAINER "the authors of Ordo <authors@ordo.invalid>" CACHE STRING "who the Debian packages are from")
set(CPACK_PACKAGE_CONTACT ${ORDO_MAINTAINER})
set(CPACK_PACKAGE_HOMEPAGE_URL "")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL ordo libordo0 libordo-dev libordort-dev)
if(TARGET ordo_python)
  list(APPEND CPACK_COMPONENTS_ALL python3-ordo)
endif()
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR})
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/package_done.cmake)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(same "(= ${PROJECT_VERSION}-1)")

# One package: its section, what it depends on, what it is.
macro(ordo_package name section depends summary)
  string(TOUPPER ${name} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}\n${ARGN}")
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/deb/copyright ${CMAKE_CURRENT_BINARY_DIR}/deb/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${name} EXCLUDE_FROM_ALL)
endmacro()
set(about "Ordo is a language for models, in texts that read like the equations of their\npapers, and a compiler that checks, differentiates, fuses and compiles them\nthrough LLVM into vectorised code for CPUs, and trains them.")
ordo_package(ordo devel "libordo0 ${same}, libordort-dev ${same}" "language and compiler for machine learning models"
             "${about}\n\nThis package has the command.")
ordo_package(libordo0 libs "" "compiler for machine learning models - library"
             "${about}\n\nThis package has the shared library and the models in Ordo.")
ordo_package(libordo-dev libdevel "libordo0 ${same}" "compiler for machine learning models - development files"
             "${about}\n\nThis package has the headers and the static library, also for passes in C.")
ordo_package(libordort-dev libdevel "" "run time of libraries that Ordo builds"
             "${about}\n\nThis package has what libraries made by 'ordo build' are linked with.")
ordo_package(python3-ordo python "libordo0 ${same}, python3 (>= 3.11)" "compiler for machine learning models - Python interface"
             "${about}\n\nThis package has the Python module.")
set(CPACK_DEBIAN_ORDO_PACKAGE_SUGGESTS "bash-completion")
set(CPACK_DEBIAN_PYTHON3-ORDO_PACKAGE_RECOMMENDS "python3-numpy")
set(CPACK_DEBIAN_LIBORDO0_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_BINARY_DIR}/deb/triggers;${CMAKE_CURRENT_BINARY_DIR}/deb/shlibs")

# Bytecode comes and goes with the package, as debhelper would have it.
set(scripts ${CMAKE_CURRENT_BINARY_DIR}/deb)
file(WRITE ${scripts}/postinst "#!/bin/sh\nset -e\nif command -v py3compile >/dev/null 2>&1; then\n  py3compile -p python3-ordo\nfi\n")
file(WRITE ${scripts}/prerm "#!/bin/sh\nset -e\nif command -v py3clean >/dev/null 2>&1; then\n  py3clean -p python3-ordo\nfi\n")
file(CHMOD ${scripts}/postinst ${scripts}/prerm PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
     WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PYTHON3-ORDO_PACKAGE_CONTROL_EXTRA "${scripts}/postinst;${scripts}/prerm")
set(CPACK_DEBIAN_PYTHON3-ORDO_PACKAGE_CONTROL_STRICT_PERMISSION ON)

file(READ LICENSE license)
string(REGEX REPLACE "\n" "\n " license "${license}")
string(REGEX REPLACE "\n \n" "\n .\n" license "${license}")
string(REGEX REPLACE "\n \n" "\n .\n" license "${license}")
string(REGEX REPLACE "\n +$" "\n" license "${license}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/deb/copyright "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ordo

Files: *
Copyright: the authors of Ordo
License: Expat
 ${license}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/deb/triggers "activate-noawait ldconfig\n")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/deb/shlibs "libordo 0 libordo0 ${same}\n") # CPack's own come with scripts that call ldconfig
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/deb/changelog "ordo (${PROJECT_VERSION}-1) unstable; urgency=medium

  * See CHANGELOG.md of the source.

 -- ${CPACK_PACKAGE_CONTACT}  Thu, 01 Jan 2026 00:00:00 +0000
")
execute_process(COMMAND gzip -9nc ${CMAKE_CURRENT_BINARY_DIR}/deb/changelog OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/deb/changelog.Debian.gz)
include(CPack)
