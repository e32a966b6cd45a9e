#include "base/secret.hpp"

#include <algorithm>
#include <utility>

namespace imapxx::inline v0 {

void base::wipe_memory(char* data, std::size_t size) noexcept {
  volatile char* p = data;
  for (std::size_t i = 0; i < size; ++i) p[i] = 0;
}

secret::secret(std::string_view text) {
  if (text.empty()) return;
  data_ = std::make_unique<char[]>(text.size());
  size_ = text.size();
  std::copy(text.begin(), text.end(), data_.get());
}

secret::secret(std::string&& text) : secret(std::string_view(text)) { wipe(text); }

secret::secret(secret&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

secret& secret::operator=(const secret& other) {
  if (this != &other) *this = secret(other);
  return *this;
}

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    clear();
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

secret::~secret() { clear(); }

void secret::clear() noexcept {
  base::wipe_memory(data_.get(), size_);
  data_.reset();
  size_ = 0;
}

void secret::wipe(std::string& text) noexcept {
  // All of the capacity: what was longer before may still stand there.
  text.resize(text.capacity());
  base::wipe_memory(text.data(), text.size());
  text.clear();
}

}  // namespace imapxx::inline v0
