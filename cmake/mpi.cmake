# Plug-ins that reach the ranks of 'ordo train' through MPI (app/ranks_plugin.h), one for each MPI whose compiler is there
# (Debian: libopenmpi-dev, libmpich-dev). The command needs none of them to be built or to run alone.
foreach(mpi openmpi mpich)
  find_program(ORDO_MPICC_${mpi} NAMES mpicc.${mpi})
  if(NOT ORDO_MPICC_${mpi})
    message(STATUS "no mpicc.${mpi}: ordo-mpi-${mpi}.so is not built")
    continue()
  endif()
  set(plugin ${CMAKE_CURRENT_BINARY_DIR}/ordo-mpi-${mpi}.so)
  add_custom_command(OUTPUT ${plugin}
    COMMAND ${ORDO_MPICC_${mpi}} -std=gnu17 -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden -I${CMAKE_CURRENT_SOURCE_DIR}
            ${CMAKE_CURRENT_SOURCE_DIR}/mpi/plugin.c -o ${plugin}
    DEPENDS mpi/plugin.c app/ranks_plugin.h exec/ranks.h VERBATIM)
  add_custom_target(ordo_mpi_${mpi} ALL DEPENDS ${plugin})
  install(FILES ${plugin} DESTINATION lib/ordo COMPONENT ordo-mpi OPTIONAL)
endforeach()
