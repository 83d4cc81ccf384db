#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "yaml/builder.h"
#include "yaml/document.h"
#include "yaml/encoding.h"
#include "yaml/syntax_error.h"

namespace fleet::yaml {
namespace {

// yaml-cpp counts bytes from past the byte order mark, and may run past the end.
class Offsets {
 public:
  explicit Offsets(std::string_view source)
      : start_(source.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0), end_(source.size()) {}
  [[nodiscard]] std::size_t start() const { return start_; }
  [[nodiscard]] std::size_t of(const YAML::Mark& mark) const {
    return std::min(start_ + static_cast<std::size_t>(std::max(mark.pos, 0)), end_);
  }

 private:
  std::size_t start_, end_;
};

class Events final : public YAML::EventHandler {
 public:
  Events(Builder& builder, Offsets offsets) : builder_(builder), offsets_(offsets) {}

  void OnDocumentStart(const YAML::Mark& mark) override { builder_.begin_document(offsets_.of(mark)); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.add_null(offsets_.of(mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.add_alias(offsets_.of(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    builder_.add_scalar(offsets_.of(mark), tag, anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    builder_.open(Kind::sequence, offsets_.of(mark), tag, anchor);
  }
  void OnSequenceEnd() override { builder_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    builder_.open(Kind::mapping, offsets_.of(mark), tag, anchor);
  }
  void OnMapEnd() override { builder_.close(); }

 private:
  Builder& builder_;
  const Offsets offsets_;
};

// The text, for yaml-cpp to read with no copy of it. yaml-cpp keeps every token since the newest event it
// sent, about a hundred bytes each, so a source that goes on and on without one is cut off.
class Source final : public std::streambuf {
 public:
  Source(std::string_view text, std::size_t start, const Builder& builder) : builder_(builder) {
    char* begin = const_cast<char*>(text.data());  // std::streambuf never writes to what it reads
    setg(begin, begin + start, begin + text.size());
  }
  [[nodiscard]] bool cut_off() const { return cut_off_; }

 protected:
  std::streamsize xsgetn(char* to, std::streamsize most) override {
    const auto read = static_cast<std::size_t>(gptr() - eback());
    cut_off_ = cut_off_ || read > builder_.newest() + kMostBytesOfValue;
    if (cut_off_) return 0;
    const std::streamsize count = std::min<std::streamsize>(most, egptr() - gptr());
    std::copy_n(gptr(), count, to);
    gbump(static_cast<int>(count));
    return count;
  }

 private:
  const Builder& builder_;
  bool cut_off_ = false;
};

}  // namespace

tl::expected<Document, model::Diagnostic> Document::parse(std::string_view source) {
  Document document(source);
  const auto wrong = [&](std::size_t offset, int length, std::string message, std::string suggestion) {
    return tl::make_unexpected(
        model::Diagnostic{{}, document.location(offset), length, std::move(message), std::move(suggestion)});
  };
  if (source.size() > kMostBytes) {
    return wrong(
        0, 1,
        fmt::format("the file has {} bytes, and at most {} MiB are read", source.size(), kMostBytes >> 20),
        "split the workflow");
  }
  if (std::optional<BadByte> bad = find_bad_byte(source)) {
    return wrong(bad->offset, 1, std::move(bad->message), std::move(bad->suggestion));
  }
  const Offsets offsets(source);
  Builder builder(document, offsets.start());
  Events events(builder, offsets);
  Source buffer(source, offsets.start(), builder);
  std::istream stream(&buffer);
  std::optional<Stop> stop;
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const Stop& thrown) {
    stop = thrown;
  } catch (const YAML::DeepRecursion& deep) {
    stop = Stop{offsets.of(deep.mark), 1, fmt::format("values are nested more than {} deep", kMostDepth),
                "flatten the file"};
  } catch (const YAML::Exception& error) {
    SyntaxError found = explain(source, offsets.of(error.mark), error.msg);
    if (const auto opened = builder.opened_by(found.unclosed)) {
      const model::Location at = document.location(*opened);
      found.message += fmt::format(": it is on line {}, column {}", at.line, at.column);
    }
    stop = Stop{found.offset, 1, std::move(found.message), std::move(found.suggestion)};
  }
  if (buffer.cut_off()) {
    stop = Stop{builder.newest(), 1,
                fmt::format("from here on there are more than {} MiB in one piece", kMostBytesOfValue >> 20),
                "shorten it; a long text has its place in a file of its own, a long `[...]` or `{...}` on "
                "lines of their own"};
  }
  if (stop) return wrong(stop->offset, stop->length, std::move(stop->message), std::move(stop->suggestion));
  if (document.records_.empty()) document.records_.push_back({0, 1, 1, 1, 0, 0, Kind::null, false, false});
  document.records_.shrink_to_fit();
  return document;
}

}  // namespace fleet::yaml
