# Finds gRPC for C++ with protobuf and its compiler; defines GrpcCpp::GrpcCpp.
find_path(GRPCCPP_INCLUDE_DIR grpcpp/grpcpp.h)
find_path(PROTOBUF_CPP_INCLUDE_DIR google/protobuf/message.h)
find_library(GRPCCPP_LIBRARY NAMES grpc++)
find_library(GRPC_LIBRARY NAMES grpc)
find_library(GPR_LIBRARY NAMES gpr)
find_library(PROTOBUF_CPP_LIBRARY NAMES protobuf)
find_library(ABSL_SYNCHRONIZATION_LIBRARY NAMES absl_synchronization)  # gRPC's headers have its mutexes in them
find_program(PROTOC_PROGRAM protoc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(GrpcCpp
  REQUIRED_VARS GRPCCPP_LIBRARY GRPC_LIBRARY GPR_LIBRARY PROTOBUF_CPP_LIBRARY ABSL_SYNCHRONIZATION_LIBRARY
                GRPCCPP_INCLUDE_DIR PROTOBUF_CPP_INCLUDE_DIR PROTOC_PROGRAM
  REASON_FAILURE_MESSAGE "Install libgrpc++-dev and protobuf-compiler (Debian, Ubuntu) or grpc (Homebrew, vcpkg).")
if(GrpcCpp_FOUND AND NOT TARGET GrpcCpp::GrpcCpp)
  add_library(GrpcCpp::GrpcCpp UNKNOWN IMPORTED)
  set_target_properties(GrpcCpp::GrpcCpp PROPERTIES
    IMPORTED_LOCATION "${GRPCCPP_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${GRPCCPP_INCLUDE_DIR};${PROTOBUF_CPP_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES
      "${GRPC_LIBRARY};${GPR_LIBRARY};${PROTOBUF_CPP_LIBRARY};${ABSL_SYNCHRONIZATION_LIBRARY}")
endif()
mark_as_advanced(GRPCCPP_INCLUDE_DIR PROTOBUF_CPP_INCLUDE_DIR GRPCCPP_LIBRARY GRPC_LIBRARY GPR_LIBRARY
  PROTOBUF_CPP_LIBRARY ABSL_SYNCHRONIZATION_LIBRARY PROTOC_PROGRAM)
