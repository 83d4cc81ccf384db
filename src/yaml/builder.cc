#include "yaml/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "yaml/scalar.h"

namespace fleet::yaml {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

[[noreturn]] void stop_too_deep(std::size_t offset) {
  throw Stop{offset, 1, fmt::format("values are nested more than {} deep", kMostDepth), "flatten the file"};
}

}  // namespace

std::uint32_t Builder::add(std::size_t offset, Kind kind) {
  std::vector<Document::Record>& records = document_.records_;
  if (records.size() == kMostNodes) {
    throw Stop{offset, 1, fmt::format("the file has more than {} keys and values", kMostNodes),
               "split the workflow"};
  }
  if (!open_.empty() && open_.back().mapping) {
    if (open_.back().key_next && (kind == Kind::null || kind >= Kind::sequence)) {
      throw Stop{offset, 1, "a key must be plain text", "write `key: value`; is a `[` or `{` not closed?"};
    }
    open_.back().key_next = !open_.back().key_next;
  }
  for (; newest_ < offset; ++newest_) {
    const auto c = static_cast<unsigned char>(document_.source_[newest_]);
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((c & 0xc0) != 0x80) {  // the first byte of a character
      ++column_;
    }
  }
  const auto index = static_cast<std::uint32_t>(records.size());
  records.push_back(
      {static_cast<std::uint32_t>(newest_), line_, column_, index + 1, 0, 0, kind, false, false});
  return index;
}

// Every value counts for all the collections it stands in.
void Builder::weigh(Weight weight) {
  if (open_.size() + weight.height > kMostDepth) stop_too_deep(newest_);
  if (open_.empty()) return;
  Weight& around = open_.back().weight;
  around.nodes += weight.nodes;
  around.height = std::max(around.height, weight.height + 1);
}

void Builder::name(std::size_t anchor, std::uint32_t index, Weight weight, bool complete) {
  if (anchor == 0) return;
  if (anchor > kMostAnchors) {
    throw Stop{newest_, 1, fmt::format("the file has more than {} anchors", kMostAnchors),
               "write values out"};
  }
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
  anchors_[anchor] = {index, weight, complete};
}

void Builder::check_tag(std::size_t offset, const std::string& tag, std::string_view allowed) const {
  if (tag.empty() || tag == "?" || tag == "!") return;
  if (tag.starts_with(kCoreTag) && tag.substr(kCoreTag.size()) == allowed) return;
  const std::string_view rest = document_.source_.substr(offset);
  const std::size_t bang = std::min(rest.find('!'), rest.size());
  const std::size_t end = std::min(rest.find_first_of(" \t\r\n,]}", bang), rest.size());
  const std::string_view written = rest.substr(bang, end - bang);
  throw Stop{offset + bang, static_cast<int>(std::max<std::size_t>(written.size(), 1)),
             fmt::format("the tag `{}` does not belong here", written),
             "remove it, or put the text in quotes"};
}

std::optional<std::size_t> Builder::opened_by(char bracket) const {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    const std::size_t begin = skip_properties(document_.source_, document_.records_[open->index].offset);
    if (begin < document_.source_.size() && document_.source_[begin] == bracket) return begin;
  }
  return std::nullopt;
}

void Builder::begin_document(std::size_t offset) {
  if (started_) throw Stop{offset, 3, "a second document begins here", "keep one workflow to a file"};
  started_ = true;
}

void Builder::add_null(std::size_t offset, std::size_t anchor) {
  const std::string_view source = document_.source_;
  const std::string_view rest = source.substr(skip_properties(source, offset));
  const bool written = rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") ||
                       rest.starts_with("NULL");
  // A value that is not there is marked where the next one begins: its place is where it was left out
  // instead.
  if (!written && anchor == 0) {
    while (offset > newest_ && std::string_view(" \t\r\n").find(source[offset - 1]) != std::string_view::npos)
      --offset;
    if (offset > newest_) --offset;
  }
  const std::uint32_t index = add(offset, Kind::null);
  weigh({});
  name(anchor, index, {}, true);
}

void Builder::add_alias(std::size_t offset, std::size_t anchor) {
  if (anchor >= anchors_.size() || !anchors_[anchor].complete) {
    throw Stop{offset, 1, "an alias stands inside the value it stands for", "write the value out"};
  }
  const Anchor target = anchors_[anchor];
  expanded_ += target.weight.nodes;
  if (expanded_ > kMostExpandedNodes) {
    throw Stop{offset, 1, fmt::format("aliases blow the file up by more than {} values", kMostExpandedNodes),
               "write values out"};
  }
  Document::Record& record = document_.records_[add(offset, document_.records_[target.index].kind)];
  record.alias = true;
  record.end = target.index;
  weigh(target.weight);
}

void Builder::add_scalar(std::size_t offset, const std::string& tag, std::size_t anchor,
                         const std::string& value) {
  Kind kind = tag == "!" ? Kind::string : resolve(value);
  if (tag.starts_with(kCoreTag)) {
    constexpr std::string_view kNames[] = {"null", "bool", "int", "float", "str"};  // in the order of Kind
    const std::string_view asked = std::string_view(tag).substr(kCoreTag.size());
    if (asked == "str") kind = Kind::string;
    if (asked == "float" && kind == Kind::integer) kind = Kind::real;
    check_tag(offset, tag, kNames[static_cast<std::size_t>(kind)]);
  } else {
    check_tag(offset, tag, "");
  }
  const std::uint32_t index = add(offset, kind);
  weigh({});
  name(anchor, index, {}, true);

  const std::string_view source = document_.source_;
  std::size_t start = std::min(skip_properties(source, offset), source.size());
  if (tag != "?" && start < source.size() && (source[start] == '"' || source[start] == '\'')) {
    // yaml-cpp 0.7 lets a quote stay open when the file ends with its line.
    if (closing_quote(source, start) == source.size())
      throw Stop{start, 1, "this quote is not closed", "close it"};
    ++start;
  }
  Document::Record& record = document_.records_[index];
  record.text_size = static_cast<std::uint32_t>(value.size());
  record.pooled = source.substr(start, value.size()) != value;
  record.text_offset = static_cast<std::uint32_t>(record.pooled ? document_.pool_.size() : start);
  if (record.pooled) document_.pool_ += value;
}

void Builder::open(Kind kind, std::size_t offset, const std::string& tag, std::size_t anchor) {
  check_tag(offset, tag, kind == Kind::sequence ? "seq" : "map");
  const std::uint32_t index = add(offset, kind);
  name(anchor, index, {}, false);
  open_.push_back({index, anchor, {}, kind == Kind::mapping, kind == Kind::mapping});
  if (open_.size() > kMostDepth) stop_too_deep(newest_);
}

void Builder::close() {
  const Open closed = open_.back();
  open_.pop_back();
  document_.records_[closed.index].end = static_cast<std::uint32_t>(document_.records_.size());
  name(closed.anchor, closed.index, closed.weight, true);
  weigh(closed.weight);
}

}  // namespace fleet::yaml
