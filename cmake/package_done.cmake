# CPack gives a package with a shared library scripts that call ldconfig. The trigger of cmake/package.cmake does that, as Debian
# wants it: the scripts go.
foreach(file IN LISTS CPACK_PACKAGE_FILES)
  if(file MATCHES "/libordo0_[^/]*\\.deb$")
    set(folder "${file}.unpacked")
    file(REMOVE_RECURSE ${folder})
    execute_process(COMMAND dpkg-deb -R ${file} ${folder} COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${folder}/DEBIAN/postinst ${folder}/DEBIAN/postrm)
    execute_process(COMMAND dpkg-deb --root-owner-group -b ${folder} ${file} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE ${folder})
  endif()
endforeach()
