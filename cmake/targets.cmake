# Small helpers used by the directories.

# imapxx_collect(OUT DIR): every .cpp below DIR; a file that appears needs no edit here and no manual re-run of CMake.
function(imapxx_collect out dir)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS "${dir}/*.cpp")
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# imapxx_defaults(TARGET): what all our own targets share.
function(imapxx_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:imapxx_warnings>)
endfunction()

# imapxx_precompile(TARGET): with IMAPXX_PRECOMPILE, what most of our sources include of the standard library is read once. Off
# in the everyday build, which so still sees an #include that is missing.
function(imapxx_precompile target)
  if(IMAPXX_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <algorithm> <array> <charconv> <chrono> <cstdint> <functional> <map> <memory> <mutex>
      <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
  endif()
endfunction()
