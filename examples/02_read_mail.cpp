#include <imapxx/client.hpp>
#include <imapxx/mime.hpp>

#include <cstdio>

int main() {
  imapxx::client c({"mail.example.org"}, {"ann", "secret"});  // TLS, verified; failures are imapxx::error
  c.examine("INBOX");                                         // read-only: nothing is changed
  if (const auto unseen = c.uid_search(imapxx::search_key::unseen()); !unseen.empty())
    for (const auto& m : c.fetch(unseen, imapxx::fetch_items().body_peek()))
      std::puts(imapxx::mime::readable_text(imapxx::mime::message(m.section({}).value_or(""))).c_str());
}
