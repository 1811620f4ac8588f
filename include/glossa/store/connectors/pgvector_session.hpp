// Statements with bound values come in; rows go out, over a connection that is made again when it breaks.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/pgvector_filter.hpp>
#include <glossa/store/connectors/pgvector_options.hpp>
#include <glossa/store/connectors/retry.hpp>
#include <glossa/store/connectors/socket_watch.hpp>

#include <pqxx/pqxx>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace glossa::detail {

/// A transaction, and how statements are run in it.
class PgvectorWork {
 public:
  explicit PgvectorWork(pqxx::connection& connection) : work_(connection) {}
  pqxx::result run(const std::string& statement) { return work_.exec(statement); }
  pqxx::result run(const std::string& statement, const SqlValues& values) {
    return work_.exec_params(statement, pqxx::prepare::make_dynamic_params(values.all()));
  }
  void commit() { work_.commit(); }

 private:
  pqxx::work work_;
};

class PgvectorSession {
 public:
  explicit PgvectorSession(const PgvectorOptions& options)
      : options_(options), text_(connection_text(options)), address_("postgres://" + options.connection.address) {}

  [[nodiscard]] const std::string& address() const noexcept { return address_; }

  /// Calls f(work) in a transaction, and commits it; again from the start where the connection broke or the server was
  /// busy. Errors: `io`, `invalid_argument` and others with what the server said.
  template <class F>
  auto in_transaction(F&& f) -> decltype(f(std::declval<PgvectorWork&>())) {
    const std::lock_guard lock(mutex_);
    return with_retries(options_.connection.retries, address_, [&] { return attempt(std::nullopt, f); });
  }
  /// The same with a time of its own, for work that is not begun anew where that is over; `option` names it.
  template <class F>
  auto in_long_transaction(std::chrono::milliseconds timeout, const char* option, F&& f)
      -> decltype(f(std::declval<PgvectorWork&>())) {
    const std::lock_guard lock(mutex_);
    return with_retries(options_.connection.retries, address_, [&] { return attempt(LongWork{timeout, option}, f); });
  }

 private:
  struct LongWork {
    std::chrono::milliseconds timeout;
    const char* option;
  };

  template <class F>
  auto attempt(const std::optional<LongWork>& own, F&& f) -> decltype(f(std::declval<PgvectorWork&>())) {
    const std::chrono::milliseconds timeout = own ? own->timeout : options_.connection.timeout;
    bool is_open = false;
    bool is_late = false;
    try {
      connect();
      is_open = true;
      // The server ends statements by itself; what it does not tell, because it hangs, ends a second later.
      const SocketWatch watch(connection_->sock(), timeout + std::chrono::seconds(1));
      try {
        PgvectorWork work(*connection_);
        if (own) work.run("SET LOCAL statement_timeout = " + std::to_string(timeout.count()));
        auto out = f(work);
        work.commit();
        return out;
      } catch (...) {  // the connection is closed below, when the watch, which has its socket, is gone
        is_late = watch.has_fired();
        throw;
      }
    } catch (const pqxx::in_doubt_error& error) {  // it broke in COMMIT; all that is done here may be done again
      connection_.reset();
      throw PassingFailure{is_late ? "the server did not answer in time" : said(error)};
    } catch (const pqxx::broken_connection& error) {
      connection_.reset();
      if (is_late) throw PassingFailure{"the server did not answer in time"};
      if (!is_open && is_refusal(error.what()))
        throw Error(ErrorKind::io, {.file = address_,
                                    .problem = "the server refuses: " + said(error),
                                    .remedy = "check user, password and database"});
      throw PassingFailure{said(error)};
    } catch (const pqxx::sql_error& error) {
      const std::string& state = error.sqlstate();
      if (state == "57014" && own)
        throw Error(ErrorKind::io, {.file = address_,
                                    .field = own->option,
                                    .problem = "the time was not enough: " + said(error),
                                    .found = std::to_string(timeout.count()) + " ms",
                                    .remedy = "allow more"});
      if (is_passing(state)) {
        if (state.compare(0, 2, "40") != 0 && state.compare(0, 2, "23") != 0) connection_.reset();
        throw PassingFailure{state == "57014" ? "a statement took too long: " + said(error) : said(error)};
      }
      const bool is_ours = state.compare(0, 2, "22") == 0;  // a value that PostgreSQL does not take
      throw Error(is_ours ? ErrorKind::invalid_argument : ErrorKind::io,
                  {.file = address_, .problem = "the server refuses: " + said(error) + " (" + state + ")"});
    } catch (const pqxx::failure& error) {
      connection_.reset();
      throw Error(ErrorKind::io, {.file = address_, .problem = said(error)});
    }
  }

  void connect() {
    if (connection_ != nullptr && connection_->is_open()) return;
    connection_.reset();
    auto fresh = std::make_unique<pqxx::connection>(text_);
    const SocketWatch watch(fresh->sock(), options_.connection.connect_timeout + std::chrono::seconds(1));
    pqxx::nontransaction work(*fresh);
    work.exec("SET statement_timeout = " + std::to_string(options_.connection.timeout.count()));
    work.exec("SET client_min_messages = error");  // libpq would print the rest
    work.exec("SET standard_conforming_strings = on");
    const auto encoding = work.exec("SHOW server_encoding");
    if (std::string(encoding.at(0).at(0).c_str()) != "UTF8")
      throw Error(
          ErrorKind::unsupported,
          {.file = address_, .field = "server_encoding", .expected = "UTF8", .found = encoding.at(0).at(0).c_str()});
    work.commit();
    connection_ = std::move(fresh);
  }

  [[nodiscard]] std::string said(const std::exception& error) const {
    std::string text = options_.connection.api_key.removed_from(error.what());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
  }

  /// Whether a connection failed for good. libpq tells only words; the server's own begin with FATAL, and those that
  /// pass are known.
  [[nodiscard]] static bool is_refusal(std::string_view text) {
    if (text.find("no password supplied") != std::string_view::npos) return true;
    if (text.find("certificate") != std::string_view::npos) return true;
    if (text.find("does not support SSL") != std::string_view::npos) return true;
    if (text.find("FATAL:") == std::string_view::npos) return false;
    for (const char* passing :
         {"starting up", "shutting down", "recovery", "too many", "connection slots", "terminating"})
      if (text.find(passing) != std::string_view::npos) return false;
    return true;
  }

  /// Serialisation failures and deadlocks (40), lost connections (08), too many clients, shutdown, statement_timeout,
  /// and what another client made at the same time (the extension, a table, an index).
  [[nodiscard]] static bool is_passing(std::string_view state) {
    for (const char* known : {"40001", "40P01", "53300", "57014", "57P01", "57P02", "57P03", "23505", "42710", "42P07"})
      if (state == known) return true;
    return state.substr(0, 2) == "08";
  }

  PgvectorOptions options_;
  std::string text_;
  std::string address_;
  std::unique_ptr<pqxx::connection> connection_{};
  std::mutex mutex_{};
};

}  // namespace glossa::detail
