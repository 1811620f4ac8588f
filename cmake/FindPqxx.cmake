# Finds libpqxx, PostgreSQL's C++ client; defines Pqxx::Pqxx.
find_path(PQXX_INCLUDE_DIR pqxx/pqxx)
find_library(PQXX_LIBRARY NAMES pqxx)
find_library(PQ_LIBRARY NAMES pq)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Pqxx
  REQUIRED_VARS PQXX_LIBRARY PQ_LIBRARY PQXX_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Install libpqxx-dev (Debian, Ubuntu) or libpqxx (Homebrew, vcpkg).")
if(Pqxx_FOUND AND NOT TARGET Pqxx::Pqxx)
  add_library(Pqxx::Pqxx UNKNOWN IMPORTED)
  set_target_properties(Pqxx::Pqxx PROPERTIES
    IMPORTED_LOCATION "${PQXX_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${PQXX_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${PQ_LIBRARY}")
endif()
mark_as_advanced(PQXX_INCLUDE_DIR PQXX_LIBRARY PQ_LIBRARY)
