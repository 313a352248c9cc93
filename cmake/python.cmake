# The Python package: the extension module python/ordo/_ordo.abi3.so on the limited API, one for Python 3.11 and later.
#   ORDO_PYTHON  AUTO: where the headers of Python are (Debian: python3-dev); ON: they have to be; OFF
set(ORDO_PYTHON AUTO CACHE STRING "build the Python package: AUTO, ON or OFF")
option(ORDO_PYTHON_SHARED "the Python package uses libordo.so instead of holding it" OFF)
if(NOT ORDO_PYTHON)
  return()
endif()
# The system's Python before others in the path: its headers, and its numpy for the tests, come with it.
if(NOT Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
if(ORDO_PYTHON STREQUAL AUTO)
  find_package(Python3 3.11 QUIET COMPONENTS Interpreter Development.Module)
else()
  find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter Development.Module)
endif()
if(NOT Python3_Development.Module_FOUND)
  return()
endif()

file(GLOB ORDO_PYTHON_SOURCES CONFIGURE_DEPENDS python/ext/*.c)
add_library(ordo_python MODULE ${ORDO_PYTHON_SOURCES})
target_include_directories(ordo_python PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/include)
target_include_directories(ordo_python SYSTEM PRIVATE ${Python3_INCLUDE_DIRS})
target_compile_definitions(ordo_python PRIVATE Py_LIMITED_API=0x030b0000)
set_target_properties(ordo_python PROPERTIES PREFIX "" OUTPUT_NAME _ordo SUFFIX .abi3.so C_VISIBILITY_PRESET hidden
                      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/python/ordo)
if(ORDO_DEV)
  target_compile_options(ordo_python PRIVATE -Wall -Wextra -Werror)
endif()
if(ORDO_PYTHON_SHARED)
  target_link_libraries(ordo_python PRIVATE ordo_shared)
else() # nothing of the library is seen from outside, so that it meets no other copy
  target_link_libraries(ordo_python PRIVATE ordo_static)
  target_link_options(ordo_python PRIVATE -Wl,--exclude-libs,ALL)
endif()

# Beside it what is written in Python, as it is installed.
file(GLOB ORDO_PYTHON_FILES CONFIGURE_DEPENDS python/ordo/*.py python/ordo/*.pyi python/ordo/py.typed)
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/python/stamp
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${ORDO_PYTHON_FILES} ${CMAKE_CURRENT_BINARY_DIR}/python/ordo
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_CURRENT_BINARY_DIR}/python/stamp
  DEPENDS ${ORDO_PYTHON_FILES} VERBATIM)
add_custom_target(ordo_python_files ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/python/stamp)
add_dependencies(ordo_python ordo_python_files)
