#include "analysis/xml.h"

#include <Poco/Exception.h>
#include <Poco/SAX/Attributes.h>
#include <Poco/SAX/DefaultHandler.h>
#include <Poco/SAX/SAXException.h>
#include <Poco/SAX/SAXParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

// What is thrown in a handler would pass through the parser's C code: what is wrong is noted instead, and the
// rest passed over.
class XmlForwarder : public Poco::XML::DefaultHandler {
 public:
  explicit XmlForwarder(const XmlEvents& events) : events_(events) {}

  void startElement(const Poco::XML::XMLString& /*uri*/, const Poco::XML::XMLString& local,
                    const Poco::XML::XMLString& qualified, const Poco::XML::Attributes& list) override {
    ++depth_;
    too_deep_ = too_deep_ || depth_ > kMaxXmlDepth;
    if (too_deep_) return;
    texts_.emplace_back();
    if (!events_.opened) return;
    std::map<std::string, std::string> attributes;
    for (int i = 0; i < list.getLength(); ++i) {
      const std::string& name = list.getQName(i).empty() ? list.getLocalName(i) : list.getQName(i);
      attributes.emplace(name, list.getValue(i));
    }
    events_.opened(qualified.empty() ? local : qualified, attributes);
  }

  void endElement(const Poco::XML::XMLString& /*uri*/, const Poco::XML::XMLString& local,
                  const Poco::XML::XMLString& qualified) override {
    --depth_;
    if (too_deep_) return;
    if (events_.closed) events_.closed(qualified.empty() ? local : qualified, texts_.back());
    texts_.pop_back();
  }

  void characters(const Poco::XML::XMLChar text[], int start, int length) override {
    if (!too_deep_ && !texts_.empty()) texts_.back().append(text + start, static_cast<std::size_t>(length));
  }

  [[nodiscard]] bool too_deep() const { return too_deep_; }

 private:
  const XmlEvents& events_;
  std::vector<std::string> texts_;  // of the elements that are open
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

// Valid UTF-8 without the characters that no XML document may hold.
std::string clean_xml(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') {
      clean += "\xef\xbf\xbd";
    } else {
      clean += c;
    }
  }
  return text::to_valid_utf8(clean);
}

// A document type stands before the first element, among comments and instructions (XML 1.0, 2.8); entities
// can be declared nowhere else. Further on the parser itself takes it for an error.
bool has_document_type(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  for (;;) {
    text = text::trim(text);
    const std::string_view end = text.substr(0, 4) == "<!--" ? "-->" : text.substr(0, 2) == "<?" ? "?>" : "";
    if (end.empty()) return text.substr(0, 2) == "<!";
    const std::size_t at = text.find(end, end == "-->" ? 4 : 2);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + end.size());
  }
}

}  // namespace

Result<> read_xml(std::string_view text, std::string_view what, const XmlEvents& events) {
  const auto wrong = [&](std::string why) {
    return base::fail_world("read", std::string(what), std::move(why),
                            "see what the program prints by itself");
  };
  const std::string clean = clean_xml(text);
  if (has_document_type(clean)) {
    return wrong("it has a document type of its own, which may hold entities without end");
  }
  XmlForwarder forwarder(events);
  try {
    Poco::XML::SAXParser parser("UTF-8");  // whatever the document says: that is what clean_xml() made of it
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_GENERAL_ENTITIES, false);
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_PARAMETER_ENTITIES, false);
    parser.setContentHandler(&forwarder);
    parser.parseString(clean);
  } catch (const Poco::XML::SAXParseException& error) {
    return wrong(fmt::format("it is no XML at line {}, column {}: {}", error.getLineNumber(),
                             error.getColumnNumber(), text::printable(error.message())));
  } catch (const Poco::Exception& error) {
    return wrong(fmt::format("it is no XML: {}", text::printable(error.displayText())));
  }
  if (forwarder.too_deep()) return wrong(fmt::format("elements are nested deeper than {}", kMaxXmlDepth));
  return {};
}

}  // namespace fleet::analysis
