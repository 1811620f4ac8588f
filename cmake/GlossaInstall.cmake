# Installs headers, the CMake package with its components, and a pkg-config file.
include(CMakePackageConfigHelpers)
set(GLOSSA_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/glossa")

install(DIRECTORY include/glossa DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp" PATTERN "*.inl" PATTERN "*.proto")
install(TARGETS glossa EXPORT glossa-targets)
install(EXPORT glossa-targets NAMESPACE glossa:: DESTINATION "${GLOSSA_CMAKE_DIR}")
install(FILES
  cmake/GlossaDependencies.cmake cmake/GlossaCompiled.cmake cmake/FindUtf8proc.cmake cmake/FindSentencepiece.cmake
  cmake/GlossaConnectors.cmake cmake/FindFaiss.cmake cmake/FindPqxx.cmake cmake/FindGrpcCpp.cmake
  cmake/glossa.cpp DESTINATION "${GLOSSA_CMAKE_DIR}")
configure_package_config_file(cmake/glossa-config.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/glossa-config.cmake"
  INSTALL_DESTINATION "${GLOSSA_CMAKE_DIR}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/glossa-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/glossa-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/glossa-config-version.cmake"
  DESTINATION "${GLOSSA_CMAKE_DIR}")

# Relative to the .pc file, so that the installed tree can be moved.
file(RELATIVE_PATH GLOSSA_PC_PREFIX "/prefix/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/prefix")
configure_file(cmake/glossa.pc.in "${CMAKE_CURRENT_BINARY_DIR}/glossa.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/glossa.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")

if(GLOSSA_BUILD_TOOLS)
  install(TARGETS glossa_tool RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
