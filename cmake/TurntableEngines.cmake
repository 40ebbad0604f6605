# A database is one folder below src/engine with a CMakeLists.txt that calls turntable_engine().
# The folders found are compiled into an explicit list of factories: no static-initialiser registration,
# and no file outside the folder names the database.

# turntable_engine(NAME name SCHEMES scheme… LIBRARIES lib…): all *.cpp of the calling folder. The folder defines
#   std::unique_ptr<turntable::Engine> turntable::make_<name>_engine(const turntable::Url&);
#   turntable::ConversionPlan turntable::explain_<name>_conversion(std::string_view, const turntable::Conversion&,
#                                                                  std::string_view);
function(turntable_engine)
    cmake_parse_arguments(ARG "" "NAME" "SCHEMES;LIBRARIES;INCLUDES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_library(turntable_engine_${ARG_NAME} STATIC ${sources})
    target_include_directories(turntable_engine_${ARG_NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    if(ARG_INCLUDES)
        target_include_directories(turntable_engine_${ARG_NAME} SYSTEM PRIVATE ${ARG_INCLUDES})
    endif()
    target_link_libraries(turntable_engine_${ARG_NAME} PUBLIC turntable_floor
                          PRIVATE nlohmann_json::nlohmann_json ${ARG_LIBRARIES})
    set_property(GLOBAL APPEND PROPERTY TURNTABLE_ENGINES ${ARG_NAME})
    foreach(scheme ${ARG_SCHEMES})
        set_property(GLOBAL APPEND PROPERTY TURNTABLE_SCHEMES "${scheme}=${ARG_NAME}")
    endforeach()
endfunction()

function(turntable_find_engines)
    file(GLOB folders CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/engine/*/CMakeLists.txt)
    foreach(folder ${folders})
        get_filename_component(folder ${folder} DIRECTORY)
        get_filename_component(name ${folder} NAME)
        if(TURNTABLE_ENGINES AND NOT name IN_LIST TURNTABLE_ENGINES)
            continue()
        endif()
        add_subdirectory(${folder})
    endforeach()
    get_property(engines GLOBAL PROPERTY TURNTABLE_ENGINES)
    get_property(schemes GLOBAL PROPERTY TURNTABLE_SCHEMES)
    set(TURNTABLE_ENGINE_DECLARATIONS "")
    set(TURNTABLE_ENGINE_ROWS "")
    set(libraries "")
    foreach(engine ${engines})
        string(APPEND TURNTABLE_ENGINE_DECLARATIONS
               "std::unique_ptr<Engine> make_${engine}_engine(const Url& url);\n"
               "ConversionPlan explain_${engine}_conversion(std::string_view scheme, const Conversion& asked,\n"
               "                                            std::string_view type);\n")
        list(APPEND libraries turntable_engine_${engine})
    endforeach()
    foreach(pair ${schemes})
        string(REPLACE "=" ";" parts ${pair})
        list(GET parts 0 scheme)
        list(GET parts 1 engine)
        string(APPEND TURNTABLE_ENGINE_ROWS "    {\"${scheme}\", \"${engine}\", &make_${engine}_engine, &explain_${engine}_conversion},\n")
    endforeach()
    configure_file(${PROJECT_SOURCE_DIR}/cmake/engines.cpp.in ${PROJECT_BINARY_DIR}/engines.cpp @ONLY)
    add_library(turntable_engines STATIC ${PROJECT_BINARY_DIR}/engines.cpp)
    target_link_libraries(turntable_engines PUBLIC turntable_floor ${libraries})
endfunction()
