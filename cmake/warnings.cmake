# imapxx_warnings: what our own sources are compiled with. -Werror only where a preset asks for it, so that a new
# compiler's new warning never breaks somebody's build.
option(IMAPXX_WERROR "Treat warnings as errors (set by the project's own presets)" OFF)

add_library(imapxx_warnings INTERFACE)
target_compile_options(imapxx_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat -Wformat-nonliteral $<$<BOOL:${IMAPXX_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of GCC 12 in std::string, std::optional and std::variant at -O1 and above (GCC bugs 105329, 105562, 80635).
  target_compile_options(imapxx_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # std::stable_sort of libstdc++ 12 uses its own deprecated get_temporary_buffer, which clang 19 reports at our instantiation.
  target_compile_options(imapxx_warnings INTERFACE -Wno-deprecated-declarations)
endif()

# For tests: the literals in a test's tables are not worth a cast each.
add_library(imapxx_test_warnings INTERFACE)
target_link_libraries(imapxx_test_warnings INTERFACE imapxx_warnings)
target_compile_options(imapxx_test_warnings INTERFACE -Wno-sign-conversion)
