#include "report/xml_text.h"

namespace fleet::report {

std::string xml_text(std::string_view bytes, text::Newlines newlines) {
  std::string out;
  for (const char c : text::printable(bytes, newlines)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  // Two code points that are text and yet no character of XML.
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (auto at = out.find(none); at != std::string::npos; at = out.find(none, at + 3))
      out.replace(at, 3, "\xef\xbf\xbd");
  }
  return out;
}

}  // namespace fleet::report
