// A gRPC server that answers every call as a test says, and remembers what it was sent.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <milvus_wire.pb.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace test {

class FakeMilvus {
 public:
  /// What to answer to a call; a status that is not good ends it without bytes.
  using Answer = std::function<grpc::Status(const std::string& method, std::string& bytes)>;
  /// The same, and what was asked.
  using Talk = std::function<grpc::Status(const std::string& method, const std::string& asked, std::string& bytes)>;

  explicit FakeMilvus(Answer answer) : FakeMilvus(std::move(answer), grpc::InsecureServerCredentials()) {}
  FakeMilvus(Answer answer, std::shared_ptr<grpc::ServerCredentials> credentials)
      : FakeMilvus(Talk([answer = std::move(answer)](const std::string& method, const std::string&,
                                                     std::string& bytes) { return answer(method, bytes); }),
                   std::move(credentials)) {}
  explicit FakeMilvus(Talk answer,
                      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials())
      : service_(std::move(answer)) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(64 << 20);  // as Milvus has it
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~FakeMilvus() { server_->Shutdown(std::chrono::system_clock::now()); }

  [[nodiscard]] std::string address(const std::string& host = "127.0.0.1") const {
    return host + ":" + std::to_string(port_);
  }
  [[nodiscard]] int calls() const { return service_.calls; }
  [[nodiscard]] std::string last_key() {
    const std::lock_guard lock(service_.mutex);
    return service_.key;
  }

 private:
  struct Service final : grpc::CallbackGenericService {
    explicit Service(Talk given) : answer(std::move(given)) {}
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
      ++calls;
      std::string method = context->method();
      method = method.substr(method.rfind('/') + 1);
      {
        const std::lock_guard lock(mutex);
        const auto at = context->client_metadata().find("authorization");
        key = at == context->client_metadata().end() ? "" : std::string(at->second.data(), at->second.size());
      }
      struct Reactor final : grpc::ServerGenericBidiReactor {
        Reactor(const Talk& given, std::string name) : answer(&given), method(std::move(name)) { StartRead(&request); }
        void OnReadDone(bool good) override {
          if (!good) return Finish({grpc::StatusCode::INVALID_ARGUMENT, "no request"});
          std::string bytes;
          std::string asked;
          std::vector<grpc::Slice> slices;
          (void)request.Dump(&slices);
          for (const grpc::Slice& slice : slices)
            asked.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
          const grpc::Status status = (*answer)(method, asked, bytes);
          if (!status.ok()) return Finish(status);
          const grpc::Slice slice(bytes);
          reply = grpc::ByteBuffer(&slice, 1);
          StartWriteAndFinish(&reply, grpc::WriteOptions(), status);
        }
        void OnDone() override { delete this; }
        const Talk* answer;
        std::string method;
        grpc::ByteBuffer request{}, reply{};
      };
      return new Reactor(answer, method);
    }
    Talk answer;
    std::atomic<int> calls{0};
    std::mutex mutex{};
    std::string key{};
  };

  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_{};
};

}  // namespace test
