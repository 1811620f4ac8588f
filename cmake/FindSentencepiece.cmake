# Finds the sentencepiece library; defines Sentencepiece::Sentencepiece.
find_path(SENTENCEPIECE_INCLUDE_DIR sentencepiece_processor.h)
find_library(SENTENCEPIECE_LIBRARY NAMES sentencepiece)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Sentencepiece
  REQUIRED_VARS SENTENCEPIECE_LIBRARY SENTENCEPIECE_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Install libsentencepiece-dev (Debian, Ubuntu) or sentencepiece (Homebrew, vcpkg).")
if(Sentencepiece_FOUND AND NOT TARGET Sentencepiece::Sentencepiece)
  add_library(Sentencepiece::Sentencepiece UNKNOWN IMPORTED)
  set_target_properties(Sentencepiece::Sentencepiece PROPERTIES
    IMPORTED_LOCATION "${SENTENCEPIECE_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${SENTENCEPIECE_INCLUDE_DIR}")
endif()
mark_as_advanced(SENTENCEPIECE_INCLUDE_DIR SENTENCEPIECE_LIBRARY)
