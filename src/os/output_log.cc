#include "os/output_log.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "os/files.h"

namespace fleet::os {
namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Without the first bytes of a UTF-8 character whose rest was cut off. At most three: what is no UTF-8 stays.
std::string_view without_cut_end(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (continues_character(static_cast<char>(byte))) continue;
    const std::size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
    return length > back ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

std::string_view without_cut_start(std::string_view text) {
  std::size_t skip = 0;
  while (skip < std::min<std::size_t>(3, text.size()) && continues_character(text[skip]))
    ++skip;
  return text.substr(skip);
}

}  // namespace

OutputLog::OutputLog(Settings settings) : settings_(std::move(settings)) {
  if (!settings_.make_filter) return;
  for (auto& filter : filters_)
    filter = settings_.make_filter();
}

void OutputLog::write(Stream stream, std::string_view bytes) {
  const auto& filter = filters_[static_cast<std::size_t>(stream)];
  if (filter) {
    keep(stream, filter->feed(bytes));
  } else {
    keep(stream, bytes);
  }
}

Result<> OutputLog::finish() {
  for (const Stream stream : {Stream::out, Stream::err}) {
    if (const auto& filter = filters_[static_cast<std::size_t>(stream)]) keep(stream, filter->finish());
  }
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

void OutputLog::keep(Stream stream, std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  if (settings_.also) settings_.also(stream, bytes);
  append_to_file(bytes);

  const auto to_head = bytes.substr(0, settings_.head_bytes - head_.size());
  head_ += to_head;
  bytes.remove_prefix(to_head.size());
  if (bytes.size() > settings_.tail_bytes) bytes.remove_prefix(bytes.size() - settings_.tail_bytes);
  tail_ += bytes;
  if (tail_.size() > 2 * settings_.tail_bytes) tail_.erase(0, tail_.size() - settings_.tail_bytes);
}

Result<> OutputLog::open_file() {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  FLEET_CHECK(make_directories(std::filesystem::path(settings_.path).parent_path(), 0700));
  file_.reset(::open(settings_.path.c_str(), kFlags, 0600));
  if (!file_) return base::fail_errno("write the log", settings_.path, errno);
  return {};
}

void OutputLog::append_to_file(std::string_view bytes) {
  if (error_ || full_) return;
  if (!file_) {
    if (auto opened = open_file(); !opened) {
      error_ = std::move(opened).error();
      return;
    }
  }
  std::string marker;
  if (settings_.max_bytes && written_ + bytes.size() > *settings_.max_bytes) {
    full_ = true;
    bytes = bytes.substr(0, static_cast<std::size_t>(*settings_.max_bytes - written_));
    marker =
        fmt::format("\n[fleet: the output goes on; past {} bytes it is not kept]\n", *settings_.max_bytes);
  }
  written_ += bytes.size();
  for (const std::string_view part : {bytes, std::string_view(marker)}) {
    if (auto written = write_all(file_.get(), part, settings_.path); !written) {
      error_ = std::move(written).error();
      return;
    }
  }
}

std::string OutputLog::head() const {
  // Where the tail goes on without a gap, no character was lost.
  const bool gap = head_.size() + std::min(tail_.size(), settings_.tail_bytes) < size_;
  return std::string(gap ? without_cut_end(head_) : std::string_view(head_));
}

std::string OutputLog::tail() const {
  const std::size_t length = std::min(tail_.size(), settings_.tail_bytes);
  const std::string_view last = std::string_view(tail_).substr(tail_.size() - length);
  const bool gap = head_.size() + length < size_;
  return std::string(gap ? without_cut_start(last) : last);
}

std::string OutputLog::since(std::uint64_t size) const {
  const std::string held = head() + tail();
  const bool gap = held.size() < size_;
  const std::string_view last = gap ? std::string_view(held).substr(head().size()) : std::string_view(held);
  const std::uint64_t wanted = std::min<std::uint64_t>(size_ - std::min(size, size_), settings_.tail_bytes);
  return wanted < last.size() ? std::string(without_cut_start(last.substr(last.size() - wanted)))
                              : std::string(last);
}

}  // namespace fleet::os
