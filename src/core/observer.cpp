#include <imapxx/event.hpp>

namespace imapxx::inline v0 {

observer::~observer() = default;
void observer::on_mailbox_event(const mailbox_event&) {}
void observer::on_alert(std::string_view) {}
void observer::on_status(const status_response&) {}
void observer::on_unclaimed(const response&) {}
void observer::on_unparsed(const unparsed_item&) {}
bool observer::wants_trace() const noexcept { return false; }
void observer::on_raw(std::string_view) {}
void observer::on_trace(trace_direction, std::string_view) {}

}  // namespace imapxx::inline v0
