// VMime beside imapxx: flags of up to 20,000 messages. Twice the messages take it three times as long, so that a
// million would take hours; the answer with ENVELOPE, BODYSTRUCTURE, INTERNALDATE and RFC822.SIZE it refuses ("invalid
// response"); its search is by criteria of its own, and a message is extracted with a command of its own.
#include "peer.hpp"

#include <vmime/platforms/posix/posixHandler.hpp>
#include <vmime/vmime.hpp>

namespace {

bench::figures run(const bench::peer_work& work) {
  using vmime::net::fetchAttributes;
  constexpr std::uint64_t most = 20'000;
  if (work.name != "flags" || work.messages > most) return {};
  vmime::platform::setHandler<vmime::platforms::posix::posixHandler>();
  auto session = vmime::net::session::create();
  auto store = session->getStore(vmime::utility::url("imap://a:b@127.0.0.1:" + std::to_string(work.port)));
  store->connect();
  auto folder = store->getFolder(vmime::net::folder::path(vmime::net::folder::path::component("INBOX")));
  folder->open(vmime::net::folder::MODE_READ_ONLY);
  const fetchAttributes wanted(fetchAttributes::FLAGS | fetchAttributes::UID);
  const bench::stopwatch watch;
  std::uint64_t count = 0;
  {
    const auto rows = folder->getAndFetchMessages(vmime::net::messageSet::byUID("1", "*"), wanted);
    count = rows.size();
  }
  const auto f = watch.stop();
  bench::require(count == work.messages, "another number of answers than was sent");
  return f;
}

}  // namespace

int main(int argc, char** argv) { return bench::peer_main(argc, argv, run); }
