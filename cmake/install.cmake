# Install rules: headers, libraries, the CMake package and the pkg-config files.
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/imapxx")
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# Each library has an export file of its own, so that a program that uses only the shared library needs no OpenSSL headers
# and one that does not test needs no GMime.
function(imapxx_install target export)
  if(NOT TARGET ${target})
    return()
  endif()
  install(TARGETS ${target} EXPORT imapxx-${export}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT development)
  install(EXPORT imapxx-${export} NAMESPACE imapxx:: DESTINATION "${package_dir}" FILE imapxx-${export}-targets.cmake
    COMPONENT development)
endfunction()
imapxx_install(imapxx_static static)
imapxx_install(imapxx_shared shared)
imapxx_install(imapxx_testserver testserver)
imapxx_install(imapxx_mime mime)
imapxx_install(imapxx_asio asio)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
  FILES_MATCHING PATTERN "*.hpp" REGEX "/include/imapxx/asio(/.*)?(\\.hpp)?$" EXCLUDE)
if(TARGET imapxx_asio)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
    FILES_MATCHING REGEX "/include/imapxx/asio(/.*)?\\.hpp$")
endif()
if(TARGET imapxx_testserver)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/testserver/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT development FILES_MATCHING PATTERN "*.hpp")
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/imapxx-config.cmake.in" "${PROJECT_BINARY_DIR}/imapxx-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may break the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/imapxx-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/imapxx-config.cmake" "${PROJECT_BINARY_DIR}/imapxx-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindLibgsasl.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindGMime.cmake"
  DESTINATION "${package_dir}" COMPONENT development)

# pkg-config; the paths are relative to the file, so the tree may be moved.
file(RELATIVE_PATH pc_prefix "/${pkgconfig_dir}" "/")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  set(pc_prefix "\${pcfiledir}/${pc_prefix}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/imapxx.pc.in" "${PROJECT_BINARY_DIR}/imapxx.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/imapxx.pc" DESTINATION "${pkgconfig_dir}" COMPONENT development)
if(TARGET imapxx_testserver)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/imapxx-testserver.pc.in" "${PROJECT_BINARY_DIR}/imapxx-testserver.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/imapxx-testserver.pc" DESTINATION "${pkgconfig_dir}" COMPONENT development)
endif()
if(TARGET imapxx_asio)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/imapxx-asio.pc.in" "${PROJECT_BINARY_DIR}/imapxx-asio.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/imapxx-asio.pc" DESTINATION "${pkgconfig_dir}" COMPONENT development)
endif()
