# For tests, which read by protobuf what the library writes: finds the messages of the ONNX format, as onnx has them
# compiled, and protobuf; defines OnnxProto::OnnxProto. onnx's own CMake package also asks for files that distributions
# leave out. Not for a program that has libsentencepiece, too: see export/onnx/message.hpp.
find_path(ONNXPROTO_INCLUDE_DIR onnx/onnx-ml.pb.h)
find_library(ONNXPROTO_LIBRARY NAMES onnx_proto)
find_package(Protobuf QUIET)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OnnxProto
  REQUIRED_VARS ONNXPROTO_LIBRARY ONNXPROTO_INCLUDE_DIR Protobuf_FOUND
  REASON_FAILURE_MESSAGE "Install libonnx-dev and libprotobuf-dev (Debian, Ubuntu) or onnx and protobuf.")
if(OnnxProto_FOUND AND NOT TARGET OnnxProto::OnnxProto)
  add_library(OnnxProto::OnnxProto UNKNOWN IMPORTED)
  set_target_properties(OnnxProto::OnnxProto PROPERTIES
    IMPORTED_LOCATION "${ONNXPROTO_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${ONNXPROTO_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "ONNX_NAMESPACE=onnx;ONNX_ML=1" INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
endif()
mark_as_advanced(ONNXPROTO_INCLUDE_DIR ONNXPROTO_LIBRARY)
