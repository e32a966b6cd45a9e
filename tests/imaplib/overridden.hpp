/// \file
/// An IMAP4 whose transport is a script in memory: what porting scripts do when they override open, read, readline and
/// send.
#pragma once

#include <imapxx/imaplib.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapxx::test {

/// `answers[i]` is sent when the client's i-th piece of output came ("$T": the tag of the last command). The first is
/// the greeting.
class overridden : public imaplib::IMAP4 {
 public:
  explicit overridden(std::vector<std::string> answers, imaplib::settings how = {})
      : IMAP4(connect_later(), std::move(how)), answers_(std::move(answers)) {
    connect("mail.example.org", 143, std::nullopt);
    sent_at_first = std::exchange(sent_, {});
  }
  /// What the constructor sent; tags are shown as T.
  std::string sent_at_first;
  /// Everything sent since.
  [[nodiscard]] std::string sent() const { return sent_; }
  void forget_sent() { sent_.clear(); }
  [[nodiscard]] const std::vector<std::string>& messages() const { return messages_; }

  void open(std::string_view, std::uint16_t, imaplib::timeout_t) override { answer(); }
  imaplib::bytes read(std::size_t size) override { return take(size); }
  imaplib::bytes readline() override {
    const auto end = waiting_.find('\n');
    return take(end == std::string::npos ? waiting_.size() : end + 1);
  }
  void send(std::string_view octets) override {
    const std::string prefix = tagpre();
    std::string text(octets);
    if (text.starts_with(prefix)) {
      tag_ = text.substr(0, text.find(' '));
      text.replace(0, tag_.size(), "T");
    }
    sent_ += text;
    answer();
  }
  void shutdown() override { down = true; }
  void _mesg(std::string_view text) override { messages_.emplace_back(text); }

  bool down = false;

 private:
  imaplib::bytes take(std::size_t n) {
    imaplib::bytes out(std::string_view(waiting_).substr(0, n));
    waiting_.erase(0, n);
    return out;
  }
  void answer() {
    if (next_ == answers_.size()) return;
    auto text = answers_[next_++];
    for (auto at = text.find("$T"); at != std::string::npos; at = text.find("$T", at)) text.replace(at, 2, tag_);
    waiting_ += text;
  }

  std::vector<std::string> answers_;
  std::size_t next_ = 0;
  std::string waiting_;
  std::string sent_;
  std::string tag_;
  std::vector<std::string> messages_;
};

}  // namespace imapxx::test
