// A message for Milvus comes in; its answer goes out, over gRPC, within a time, and tried again where that may help.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/store/connectors/milvus_options.hpp>
#include <glossa/store/connectors/retry.hpp>
#include <glossa/text/base64.hpp>

#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <milvus_wire.pb.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace glossa::detail {

namespace wire = glossa::milvus_wire;

class MilvusChannel {
 public:
  explicit MilvusChannel(const MilvusOptions& options)
      : options_(options), address_("milvus://" + options.connection.address) {
    (void)credentials(options_.connection.tls);  // what is wrong with the files is told now
  }

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

  /// Answers begin with a status, or are one. Errors: `io`, `invalid_argument`.
  template <class Answer, class Request>
  [[nodiscard]] Answer call(const char* method, const Request& request) {
    return with_retries(options_.connection.retries, address_, [&] {
      Answer answer;
      attempt(method, request, answer);
      check(method, status_of(answer));
      return answer;
    });
  }

  /// The same for what may not be there: what Milvus says of that is an answer.
  template <class Answer, class Request>
  [[nodiscard]] Answer ask(const char* method, const Request& request) {
    return with_retries(options_.connection.retries, address_, [&] {
      Answer answer;
      attempt(method, request, answer);
      return answer;
    });
  }

  [[nodiscard]] static bool is_good(const wire::Status& status) {
    return status.code() == 0 && status.error_code() == 0;
  }

 private:
  static std::shared_ptr<grpc::ChannelCredentials> credentials(const TlsOptions& tls) {
    if (!tls.enabled) return grpc::InsecureChannelCredentials();
    grpc::SslCredentialsOptions options;
    if (!tls.ca_file.empty()) options.pem_root_certs = std::string(view(read_bytes(tls.ca_file, 16u << 20)));
    return grpc::SslCredentials(options);
  }

  /// The channel; after a failure a new one, because gRPC's own waits before it connects again, and not as
  /// with_retries() was told.
  [[nodiscard]] std::shared_ptr<grpc::GenericStub> stub() {
    const std::lock_guard lock(mutex_);
    if (stub_ == nullptr) {
      grpc::ChannelArguments arguments;
      arguments.SetMaxReceiveMessageSize(-1);
      arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // it would be taken from the environment
      arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
      arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                       static_cast<int>(options_.connection.connect_timeout.count()));
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stub_ = std::make_shared<grpc::GenericStub>(
          grpc::CreateCustomChannel(options_.connection.address, credentials(options_.connection.tls), arguments));
    }
    return stub_;
  }
  void forget(const std::shared_ptr<grpc::GenericStub>& stub) {
    const std::lock_guard lock(mutex_);
    if (stub_ == stub) stub_ = nullptr;
  }

  static const wire::Status& status_of(const wire::Status& answer) { return answer; }
  template <class Answer>
  static const wire::Status& status_of(const Answer& answer) {
    return answer.status();
  }

  template <class Answer, class Request>
  void attempt(const char* method, const Request& request, Answer& answer) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + options_.connection.timeout);
    const std::string& key = options_.connection.api_key.reveal();
    if (!key.empty()) context.AddMetadata("authorization", base64_encode(key));
    if (!options_.database.empty()) context.AddMetadata("dbname", options_.database);
    grpc::ByteBuffer sent;
    grpc::ByteBuffer received;
    bool owned = false;
    (void)grpc::SerializationTraits<Request>::Serialize(request, &sent, &owned);
    grpc::CompletionQueue queue;
    const std::shared_ptr<grpc::GenericStub> used = stub();
    auto call =
        used->PrepareUnaryCall(&context, std::string("/milvus.proto.milvus.MilvusService/") + method, sent, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&received, &status, nullptr);
    void* tag = nullptr;
    bool good = false;
    (void)queue.Next(&tag, &good);
    // A connection whose other end is gone without a word is not told from a slow one: the next try has another.
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
        status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
      forget(used);
    judge(method, status);
    if (!grpc::SerializationTraits<Answer>::Deserialize(&received, &answer).ok())
      throw Error(ErrorKind::io, {.file = address_, .field = method, .problem = "the answer is not Milvus's"});
  }

  /// What a server said, without the key: as it is, as it is sent, and the password in it.
  [[nodiscard]] std::string hushed(const std::string& said) const {
    const Secret& key = options_.connection.api_key;
    if (key.empty()) return said;
    const std::string out = Secret(base64_encode(key.reveal())).removed_from(key.removed_from(said));
    const std::size_t colon = key.reveal().find(':');
    return colon == std::string::npos ? out : Secret(key.reveal().substr(colon + 1)).removed_from(out);
  }

  void judge(const char* method, const grpc::Status& status) const {
    if (status.ok()) return;
    const std::string said = hushed(status.error_message());
    switch (status.error_code()) {
      case grpc::StatusCode::DEADLINE_EXCEEDED: throw PassingFailure{"the server did not answer in time: " + said};
      case grpc::StatusCode::UNAVAILABLE:
      case grpc::StatusCode::RESOURCE_EXHAUSTED:
      case grpc::StatusCode::ABORTED: throw PassingFailure{"the server is not available: " + said};
      default: break;
    }
    const bool is_key = status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
                        status.error_code() == grpc::StatusCode::PERMISSION_DENIED;
    throw Error(ErrorKind::io, {.file = address_,
                                .field = method,
                                .problem = "the server refuses: " + said,
                                .remedy = is_key ? "check ConnectionOptions::api_key" : ""});
  }

  void check(const char* method, const wire::Status& status) const {
    if (is_good(status)) return;
    const std::string said = hushed(status.reason());
    const bool is_busy = status.retriable() || status.code() == 8 || status.error_code() == 49;  // rate limits
    if (is_busy) throw PassingFailure{said};
    const bool is_ours = status.code() == 1100 || status.error_code() == 5;  // invalid parameter
    throw Error(is_ours ? ErrorKind::invalid_argument : ErrorKind::io,
                {.file = address_,
                 .field = method,
                 .problem = "the server refuses: " + said + " (" + std::to_string(status.code()) + ")"});
  }

  MilvusOptions options_;
  std::string address_;
  std::shared_ptr<grpc::GenericStub> stub_{};
  std::mutex mutex_{};
};

}  // namespace glossa::detail
