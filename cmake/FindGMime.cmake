# FindGMime: target GMime::GMime (GMime 3.0 with its GLib), from pkg-config. Installed with the package too, because the
# static libraries that parse messages need it at link time.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_GMIME QUIET gmime-3.0)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GMime REQUIRED_VARS PC_GMIME_LINK_LIBRARIES VERSION_VAR PC_GMIME_VERSION)
if(GMime_FOUND AND NOT TARGET GMime::GMime)
  add_library(GMime::GMime INTERFACE IMPORTED)
  set_target_properties(GMime::GMime PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${PC_GMIME_INCLUDE_DIRS}"
    INTERFACE_LINK_LIBRARIES "${PC_GMIME_LINK_LIBRARIES}")
endif()
