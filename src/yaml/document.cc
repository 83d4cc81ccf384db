#include "yaml/document.h"

#include <algorithm>

#include "yaml/encoding.h"
#include "yaml/scalar.h"

namespace fleet::yaml {
namespace {

constexpr std::size_t kFlatRecord = 7;  // numbers of a record in Flat::records
constexpr std::uint32_t kAlias = 1U << 8;
constexpr std::uint32_t kPooled = 1U << 9;

bool is_character_start(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), is_character_start));
}

}  // namespace

Flat Document::flat() const {
  Flat out;
  out.records.reserve(records_.size() * kFlatRecord);
  for (const Record& record : records_) {
    const std::uint32_t flags = static_cast<std::uint32_t>(record.kind) | (record.alias ? kAlias : 0U) |
                                (record.pooled ? kPooled : 0U);
    out.records.insert(out.records.end(), {record.offset, record.line, record.column, record.end,
                                           record.text_offset, record.text_size, flags});
  }
  out.pool = pool_;
  return out;
}

Document Document::restore(std::string_view source, const FlatView& view) {
  Document out(source);
  out.records_.reserve(view.records.size() / kFlatRecord);
  for (std::size_t i = 0; i + kFlatRecord <= view.records.size(); i += kFlatRecord) {
    const std::uint32_t* flat = &view.records[i];
    out.records_.push_back({flat[0], flat[1], flat[2], flat[3], flat[4], flat[5],
                            static_cast<Kind>(flat[6] & ~(kAlias | kPooled)), (flat[6] & kAlias) != 0,
                            (flat[6] & kPooled) != 0});
  }
  out.pool_ = view.pool;
  return out;
}

model::Location Document::location(std::size_t offset) const {
  const std::string_view before = source_.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  std::string_view line = before.substr(line_start);
  if (line_start == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, count_characters(line) + 1};
}

std::vector<DoubledKey> Document::doubled_keys() const {
  struct Key {
    std::string_view text;
    std::uint32_t index;
    bool operator<(const Key& other) const {
      return text != other.text ? text < other.text : index < other.index;
    }
  };
  std::vector<DoubledKey> doubled;
  std::vector<Key> keys;
  for (std::uint32_t index = 0; index < records_.size(); ++index) {
    const Record& mapping = records_[index];
    if (mapping.kind != Kind::mapping || mapping.alias) continue;
    keys.clear();
    for (std::uint32_t key = index + 1; key < mapping.end; key = after(after(key)))
      keys.push_back({at_index(key).text(), key});
    std::sort(keys.begin(), keys.end());
    for (std::size_t first = 0, i = 1; i < keys.size(); ++i) {
      if (keys[i].text == keys[first].text) {
        doubled.push_back({at_index(keys[first].index), at_index(keys[i].index)});
      } else {
        first = i;
      }
    }
  }
  std::sort(doubled.begin(), doubled.end(),
            [](const DoubledKey& a, const DoubledKey& b) { return a.again.place_ < b.again.place_; });
  return doubled;
}

Kind Node::kind() const {
  return document_->records_[content_].kind;
}

std::string_view Node::text() const {
  const Document::Record& record = document_->records_[content_];
  const std::string_view where = record.pooled ? std::string_view(document_->pool_) : document_->source_;
  return where.substr(record.text_offset, record.text_size);
}

model::Location Node::at() const {
  const Document::Record& record = document_->records_[place_];
  return {static_cast<int>(record.line), static_cast<int>(record.column)};
}

std::size_t Node::source_offset() const {
  return skip_properties(document_->source_, document_->records_[place_].offset);
}

int Node::length() const {
  const Document::Record& record = document_->records_[place_];
  const std::string_view source = document_->source_;
  const std::size_t start = source_offset();
  std::size_t end = start;
  if (record.alias) {
    end = std::min(source.find_first_of(" \t\r\n,]}", start), source.size());
  } else if (record.kind == Kind::null) {
    while (end < source.size() && source[end] >= 'A')
      ++end;
  } else if (record.kind < Kind::sequence && start < source.size()) {
    const char quote = source[start];
    if (quote == '"' || quote == '\'') {
      end = std::min({closing_quote(source, start) + 1, source.find('\n', start), source.size()});
    } else if (quote != '|' && quote != '>') {
      const std::string_view content = text();
      const std::size_t most = std::min(content.size(), source.size() - start);
      const auto mismatch =
          std::mismatch(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(most),
                        source.begin() + static_cast<std::ptrdiff_t>(start));
      end = start + static_cast<std::size_t>(mismatch.first - content.begin());
    }
  }
  return std::max(1, count_characters(source.substr(record.offset, end - record.offset)));
}

bool Node::empty() const {
  return document_->records_[content_].end == content_ + 1;
}

std::size_t Node::size() const {
  std::size_t count = 0;
  const Document::Record& record = document_->records_[content_];
  for (std::uint32_t child = content_ + 1; child < record.end; child = document_->after(child))
    ++count;
  return record.kind == Kind::mapping ? count / 2 : count;
}

Children<Node> Node::items() const {
  return {document_, content_ + 1, is_sequence() ? document_->records_[content_].end : content_ + 1};
}

Children<Entry> Node::entries() const {
  return {document_, content_ + 1, is_mapping() ? document_->records_[content_].end : content_ + 1};
}

template <>
Node Children<Node>::Iterator::operator*() const {
  return document_->at_index(index_);
}

template <>
Children<Node>::Iterator& Children<Node>::Iterator::operator++() {
  index_ = document_->after(index_);
  return *this;
}

template <>
Entry Children<Entry>::Iterator::operator*() const {
  return {document_->at_index(index_), document_->at_index(document_->after(index_))};
}

template <>
Children<Entry>::Iterator& Children<Entry>::Iterator::operator++() {
  index_ = document_->after(document_->after(index_));
  return *this;
}

}  // namespace fleet::yaml
