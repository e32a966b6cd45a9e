# IMAPXX_SANITIZE: "address,undefined", "thread", or empty. For the whole tree, since a library and its tests must agree.
set(IMAPXX_SANITIZE "" CACHE STRING "Sanitizers for the whole tree, as for -fsanitize=")
option(IMAPXX_COVERAGE "Instrument for llvm-cov (clang) or gcov" OFF)
option(IMAPXX_HARDEN "Stack protector, _FORTIFY_SOURCE, relro (when no sanitizer is on)" OFF)

if(IMAPXX_SANITIZE)
  add_compile_options(-fsanitize=${IMAPXX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMAPXX_SANITIZE})
endif()

if(IMAPXX_COVERAGE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
elseif(IMAPXX_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(IMAPXX_HARDEN AND NOT IMAPXX_SANITIZE)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -D_GLIBCXX_ASSERTIONS)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_compile_options(-fcf-protection)
  endif()
  # _FORTIFY_SOURCE needs an optimising build and warns otherwise. Level 3 (GCC 12, clang 9, glibc 2.34) falls back to 2.
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  # Position-independent programs, whatever the compiler's default is.
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES CXX)
endif()
