#include "analysis/views.h"

#include <algorithm>

#include "analysis/imports.h"

namespace fleet::analysis {
namespace {

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// Spans in rising order, none of them in another.
std::string keep_only(std::string_view source, const std::vector<syntax::Span>& spans) {
  std::string text(source);
  std::size_t at = 0;
  for (const syntax::Span& each : spans) {
    blank(text, at, each.start);
    at = each.end;
  }
  blank(text, at, text.size());
  return text;
}

// What is between the quotes, without what is put into it: `a ${b} c` is two of them.
void add_inside_of_string(const Code& code, std::uint32_t string, std::vector<syntax::Span>& spans) {
  const std::string_view whole = code.text(string);
  const std::string_view inside = without_quotes(whole);
  auto at = code.node(string).span.start + static_cast<std::uint32_t>(inside.data() - whole.data());
  const auto end = at + static_cast<std::uint32_t>(inside.size());
  for (std::uint32_t i = string + 1; i < code.node(string).next;) {
    if (code.shape(i) != Shape::substitution) {
      ++i;
      continue;
    }
    if (code.node(i).span.start > at) spans.push_back({at, code.node(i).span.start});
    at = code.node(i).span.end;
    i = code.node(i).next;
  }
  if (at < end) spans.push_back({at, end});
}

std::vector<syntax::Span> spans_of(const Code& code, Shape shape) {
  std::vector<syntax::Span> spans;
  for (std::uint32_t i = 0; i < code.size();) {
    if (code.shape(i) != shape) {
      ++i;
      continue;
    }
    if (shape == Shape::string) {
      add_inside_of_string(code, i, spans);
    } else {
      spans.push_back(code.node(i).span);
    }
    i = code.node(i).next;
  }
  return spans;
}

// From `#` to the end of the line, where it stands at the start of a word and outside of quotes.
void blank_hash_comments(std::string& text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      quote = 0;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t' || text[i - 1] == '\n')) {
      const std::size_t end = std::min(text.find('\n', i), text.size());
      blank(text, i, end);
      i = end - 1;
    }
  }
}

struct YamlLine {
  std::size_t start, end;  // without the line end
  std::size_t indent;      // up to its first character
  bool is_blank;
};

YamlLine line_from(std::string_view source, std::size_t start) {
  const std::size_t end = std::min(source.find('\n', start), source.size());
  const std::size_t first = std::min(source.find_first_not_of(" \t\r", start), end);
  return {start, end, first - start, first == end};
}

// Where the value of a `run:` or `script:` begins on a line, and the column of its key.
bool find_script_key(std::string_view source, const YamlLine& line, std::size_t& key, std::size_t& value) {
  std::size_t at = line.start + line.indent;
  while (source.substr(at, 2) == "- ")
    at = std::min(source.find_first_not_of(" \t", at + 2), line.end);
  for (const std::string_view word :
       {"run:", "script:", "before_script:", "after_script:", "\"run\":", "'run':"}) {
    if (source.substr(at, word.size()) != word) continue;
    key = at - line.start;
    value = std::min(source.find_first_not_of(" \t\r", at + word.size()), line.end);
    return true;
  }
  return false;
}

std::string scripts_of(std::string_view source) {
  std::vector<syntax::Span> spans;
  const auto add = [&](std::size_t start, std::size_t end) {
    spans.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)});
  };
  for (std::size_t start = 0; start < source.size();) {
    YamlLine line = line_from(source, start);
    start = line.end + 1;
    std::size_t key = 0;
    std::size_t value = 0;
    if (!find_script_key(source, line, key, value)) continue;
    const bool is_block = value == line.end || source[value] == '|' || source[value] == '>';
    if (!is_block) {
      add(value, line.end);
      continue;
    }
    const bool is_list = value == line.end;
    for (; start < source.size(); start = line.end + 1) {
      line = line_from(source, start);
      const bool is_item = is_list && line.indent == key && source.substr(start + key, 2) == "- ";
      if (!line.is_blank && line.indent <= key && !is_item) break;
      add(line.start, line.end);
    }
  }
  return keep_only(source, spans);
}

}  // namespace

std::string view_of(View view, std::string_view source, const Code* code) {
  switch (view) {
    case View::text:
      break;
    case View::script:
      return scripts_of(source);
    case View::comment:
      return code == nullptr ? std::string() : keep_only(source, spans_of(*code, Shape::comment));
    case View::string:
      return code == nullptr ? std::string() : keep_only(source, spans_of(*code, Shape::string));
    case View::code: {
      std::string text(source);
      if (code == nullptr) {
        blank_hash_comments(text);
        return text;
      }
      for (const Shape shape : {Shape::comment, Shape::string}) {
        for (const syntax::Span& each : spans_of(*code, shape))
          blank(text, each.start, each.end);
      }
      return text;
    }
  }
  return std::string(source);
}

}  // namespace fleet::analysis
