// A result or the Error that prevented it comes in; the caller asks which, without exceptions.
#pragma once

#include <glossa/core/error.hpp>

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace glossa {

/// Holds either a T or an Error; the shape of C++23's std::expected<T, Error>, reduced to what is needed.
template <class T>
class Expected {
 public:
  using value_type = T;

  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws the held Error where there is none.
  [[nodiscard]] T& value() & {
    if (!has_value()) throw std::get<1>(state_);
    return std::get<0>(state_);
  }
  [[nodiscard]] const T& value() const& {
    if (!has_value()) throw std::get<1>(state_);
    return std::get<0>(state_);
  }
  [[nodiscard]] T&& value() && {
    if (!has_value()) throw std::get<1>(state_);
    return std::get<0>(std::move(state_));
  }

  /// The error; to be called only where has_value() is false.
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] T value_or(T other) const& { return has_value() ? std::get<0>(state_) : std::move(other); }
  [[nodiscard]] T value_or(T other) && { return has_value() ? std::get<0>(std::move(state_)) : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

namespace detail {

/// Runs `f` and turns whatever it throws into an Expected.
template <class F>
auto try_call(F&& f) -> Expected<std::invoke_result_t<F&>> {
  try {
    return f();
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorKind::out_of_memory, {.problem = "an allocation failed",
                                            .remedy = "give the process more memory, or embed fewer texts at a time"});
  } catch (const std::exception& error) {  // nothing in the library throws these but what it calls
    return Error(ErrorKind::callback,
                 {.problem = error.what(), .remedy = "check the progress callback and the executor"});
  } catch (...) {
    return Error(ErrorKind::callback, {.problem = "something that is no std::exception was thrown",
                                       .remedy = "check the progress callback and the executor"});
  }
}

}  // namespace detail
}  // namespace glossa
