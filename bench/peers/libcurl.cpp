// libcurl beside imapxx: one message to a file. An answer of more than 64 KiB to a command of the caller's own is an
// error in libcurl 7.88, and of literals in such an answer it gives only the first line: the other work it cannot do.
#include "peer.hpp"

#include <unistd.h>

#include <memory>
#include <string_view>

#include <curl/curl.h>

namespace {

using bench::peer_work;
using bench::require;

struct target {
  int file = -1;
  std::uint64_t octets = 0;
};

std::size_t take(char* data, std::size_t size, std::size_t count, void* where) {
  auto& to = *static_cast<target*>(where);
  const auto n = size * count;
  to.octets += n;
  if (to.file >= 0 && ::write(to.file, data, n) != static_cast<ssize_t>(n)) return 0;
  return n;
}

bench::figures run(const peer_work& work) {
  if (work.name != "literal") return {};
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
  const auto mailbox =
      std::string(work.tls ? "imaps" : "imap") + "://127.0.0.1:" + std::to_string(work.port) + "/INBOX";
  target to;
  curl_easy_setopt(handle.get(), CURLOPT_URL, mailbox.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_USERPWD, "a:b");
  curl_easy_setopt(handle.get(), CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_BUFFERSIZE, 256L << 10U);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &to);
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");  // connects, logs in, selects
  require(curl_easy_perform(handle.get()) == CURLE_OK, "cannot connect");
  to = {};
  const auto message = mailbox + ";UID=1";
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(handle.get(), CURLOPT_URL, message.c_str());
  to.file = bench::open_target(true);
  const bench::stopwatch watch;
  require(curl_easy_perform(handle.get()) == CURLE_OK, "the transfer failed");
  const auto f = watch.stop();
  require(to.octets == work.messages << 20U, "octets were lost");
  return f;
}

}  // namespace

int main(int argc, char** argv) { return bench::peer_main(argc, argv, run); }
