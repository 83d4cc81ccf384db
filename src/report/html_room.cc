#include "report/html_room.h"

#include "text/columns.h"
#include "text/utf8.h"

namespace fleet::report {

std::size_t size_on_page(const model::Json& json) {
  return on_page(json).size();
}

std::string on_page(const model::Json& json) {
  const std::string text = model::dump_json(json);
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

std::string page_line(std::string_view bytes, std::size_t width) {
  // A line of a megabyte need not be read to its end.
  return text::fit(bytes.substr(0, width * 8), width, text::Charset::unicode);
}

std::string page_text(std::string_view bytes) {
  return text::printable(bytes);
}

void put(model::Json& json, const char* name, std::string text) {
  if (!text.empty()) json[name] = std::move(text);
}

}  // namespace fleet::report
