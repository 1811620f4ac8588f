# Finds Faiss, and what its static library is linked with; defines Faiss::Faiss.
find_path(FAISS_INCLUDE_DIR faiss/IndexIVFPQ.h)
find_library(FAISS_LIBRARY NAMES faiss)
if(FAISS_LIBRARY)
  find_package(OpenMP QUIET COMPONENTS CXX)
  find_package(LAPACK QUIET)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Faiss
  REQUIRED_VARS FAISS_LIBRARY FAISS_INCLUDE_DIR OpenMP_CXX_FOUND LAPACK_FOUND
  REASON_FAILURE_MESSAGE "Install libfaiss-dev (Debian, Ubuntu) or faiss (Homebrew, vcpkg).")
if(Faiss_FOUND AND NOT TARGET Faiss::Faiss)
  add_library(Faiss::Faiss UNKNOWN IMPORTED)
  set_target_properties(Faiss::Faiss PROPERTIES
    IMPORTED_LOCATION "${FAISS_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${FAISS_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "OpenMP::OpenMP_CXX;${LAPACK_LIBRARIES}")
endif()
mark_as_advanced(FAISS_INCLUDE_DIR FAISS_LIBRARY)
