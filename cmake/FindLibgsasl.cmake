# FindLibgsasl: target Libgsasl::Libgsasl. Installed with the package too, because a static libimapxx needs it at link time.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_LIBGSASL QUIET libgsasl)
endif()
find_path(LIBGSASL_INCLUDE_DIR gsasl.h HINTS ${PC_LIBGSASL_INCLUDE_DIRS})
find_library(LIBGSASL_LIBRARY NAMES gsasl HINTS ${PC_LIBGSASL_LIBRARY_DIRS})
mark_as_advanced(LIBGSASL_INCLUDE_DIR LIBGSASL_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libgsasl REQUIRED_VARS LIBGSASL_LIBRARY LIBGSASL_INCLUDE_DIR VERSION_VAR PC_LIBGSASL_VERSION)
if(Libgsasl_FOUND AND NOT TARGET Libgsasl::Libgsasl)
  add_library(Libgsasl::Libgsasl UNKNOWN IMPORTED)
  set_target_properties(Libgsasl::Libgsasl PROPERTIES IMPORTED_LOCATION "${LIBGSASL_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LIBGSASL_INCLUDE_DIR}")
endif()
