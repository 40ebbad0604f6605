# Compiler settings shared by every target, as the interface library turntable_flags.
option(TURNTABLE_TESTS "build the tests" ON)
set(TURNTABLE_ENGINES "" CACHE STRING "folders of src/engine to build, separated by semicolons; empty: all")
option(TURNTABLE_BENCH "build the benches" OFF)
set(TURNTABLE_SANITIZE "" CACHE STRING "sanitizers to build with: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

option(TURNTABLE_PRECOMPILE "precompile the headers of others that most files include" OFF)

find_program(TURNTABLE_CCACHE ccache)
if(TURNTABLE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TURNTABLE_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${TURNTABLE_CCACHE})
endif()

add_library(turntable_flags INTERFACE)
target_compile_options(turntable_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wnon-virtual-dtor -Wold-style-cast -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees an overlapping copy in every optimised `"literal" + string` (GCC bug 105329), and takes the unused
    # storage of an empty std::optional for an uninitialised read (GCC bug 80635).
    target_compile_options(turntable_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
target_compile_definitions(turntable_flags INTERFACE TURNTABLE_VERSION="${PROJECT_VERSION}" SPDLOG_FMT_EXTERNAL=1)
if(TURNTABLE_SANITIZE)
    target_compile_options(turntable_flags INTERFACE -fsanitize=${TURNTABLE_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize-recover=all)
    target_link_options(turntable_flags INTERFACE -fsanitize=${TURNTABLE_SANITIZE})
    if(TURNTABLE_SANITIZE STREQUAL thread)
        target_compile_definitions(turntable_flags INTERFACE TURNTABLE_THREAD_SANITIZER=1)
    endif()
endif()

# What waits for a server, and what asks and shows, gains nothing by -O2 and builds faster without. Rows go
# through our own code on SQLite alone: its engine and the floors below keep it.
function(turntable_waits)
    foreach(target ${ARGN})
        target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endforeach()
endfunction()

# A quarter of the build with clang, less with g++, whose warnings it changes. Where it is on, a file may lean on an
# include that it does not make: the release build, where it is off, finds that.
if(TURNTABLE_PRECOMPILE)
    target_precompile_headers(turntable_flags INTERFACE <algorithm> <chrono> <functional> <map> <memory> <optional> <set>
                              <string> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)
endif()
