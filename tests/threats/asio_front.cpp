// The asynchronous driver behind the same front; without it (IMAPXX_BUILD_ASIO is off) there is nothing here.
#include "threats/front.hpp"

#ifdef ASIO_SEPARATE_COMPILATION

#include <imapxx/asio.hpp>

#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <future>
#include <optional>

namespace imapxx::threats {
namespace {

class asio_front final : public front {
 public:
  ~asio_front() override { client_.reset(); }
  error connect(connect_options options) override {
    client_ = std::make_unique<async_client>(io_, std::move(options));
    return wait(client_->async_connect(asio::use_future));
  }
  error log_in(const credentials& who) override { return wait(client_->async_authenticate_as(who, asio::use_future)); }
  error idle(std::chrono::milliseconds duration, const std::function<bool(const mailbox_event&)>& stop) override {
    const auto until = std::chrono::steady_clock::now() + duration;
    auto events = client_->events();
    for (;;) {
      const auto left = until - std::chrono::steady_clock::now();
      if (left <= left.zero()) return {};
      const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(left) + 1ms;
      push_event got;
      const auto why = wait(events.async_next_within(limit, asio::use_future), got);
      if (why) return why.code() == errc::timeout && !why.is_fatal() ? error() : why;
      if (got.what == push_event::kind::mailbox && stop(got.change)) return {};
    }
  }
  void expires_after(std::chrono::milliseconds duration) override { client_->expires_after(duration); }
  void cancel() override {
    if (client_) client_->cancel();
  }
  void close() override { (void)wait(client_->async_close(asio::use_future)); }
  [[nodiscard]] bool tls() const override { return client_ && client_->tls(); }
  [[nodiscard]] const session& protocol() const override { return client_->protocol(); }

 protected:
  error run_any(std::shared_ptr<command> cmd) override {
    result<any_command::result_type> done = any_command::result_type();
    if (auto why = wait(client_->async_try_run(any_command(std::move(cmd)), asio::use_future), done)) return why;
    return done ? error() : done.error();
  }

 private:
  // Runs the loop until the future is there.
  template <class T, class... To>
  error wait(std::future<T> f, To&... to) {
    io_.restart();
    while (f.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      if (io_.run_one() == 0) io_.restart();
    }
    try {
      if constexpr (std::is_void_v<T>) {
        f.get();
      } else {
        ((to = f.get()), ...);
      }
    } catch (const error& e) {
      return e;
    }
    return {};
  }

  asio::io_context io_{1};
  std::unique_ptr<async_client> client_;
};

}  // namespace

std::optional<driver> asio_driver() {
  return driver{"asio", []() -> std::unique_ptr<front> { return std::make_unique<asio_front>(); }};
}

}  // namespace imapxx::threats

#else

namespace imapxx::threats {
std::optional<driver> asio_driver() { return std::nullopt; }
}  // namespace imapxx::threats

#endif
