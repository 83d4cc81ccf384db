#include "xml/xml.h"

#include <Poco/Exception.h>
#include <Poco/SAX/Attributes.h>
#include <Poco/SAX/DefaultHandler.h>
#include <Poco/SAX/Locator.h>
#include <Poco/SAX/SAXException.h>
#include <Poco/SAX/SAXParser.h>
#include <fmt/format.h>

#include <vector>

#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::xml {
namespace {

// What is thrown in a handler would pass through the parser's C code: what is wrong is noted instead, and the
// rest passed over.
class Forwarder : public Poco::XML::DefaultHandler {
 public:
  explicit Forwarder(const Events& events) : events_(events) {}

  void setDocumentLocator(const Poco::XML::Locator* locator) override { locator_ = locator; }

  void startElement(const Poco::XML::XMLString& /*uri*/, const Poco::XML::XMLString& local,
                    const Poco::XML::XMLString& qualified, const Poco::XML::Attributes& list) override {
    if (++depth_ > kMostDepth && deep_at_ == 0) deep_at_ = line();
    if (deep_at_ != 0) return;
    texts_.emplace_back();
    if (!events_.opened) return;
    Attributes attributes;
    for (int i = 0; i < list.getLength(); ++i) {
      const std::string& name = list.getQName(i).empty() ? list.getLocalName(i) : list.getQName(i);
      attributes.emplace(name, list.getValue(i));
    }
    events_.opened(qualified.empty() ? local : qualified, attributes, line());
  }

  void endElement(const Poco::XML::XMLString& /*uri*/, const Poco::XML::XMLString& local,
                  const Poco::XML::XMLString& qualified) override {
    --depth_;
    if (deep_at_ != 0) return;
    if (events_.closed) events_.closed(qualified.empty() ? local : qualified, texts_.back());
    texts_.pop_back();
  }

  void characters(const Poco::XML::XMLChar text[], int start, int length) override {
    if (deep_at_ == 0 && !texts_.empty())
      texts_.back().append(text + start, static_cast<std::size_t>(length));
  }

  [[nodiscard]] std::uint32_t deep_at() const { return deep_at_; }  // the line; 0: nowhere

 private:
  [[nodiscard]] std::uint32_t line() const {
    return locator_ == nullptr ? 1 : static_cast<std::uint32_t>(locator_->getLineNumber());
  }

  const Events& events_;
  const Poco::XML::Locator* locator_ = nullptr;
  std::vector<std::string> texts_;  // of the elements that are open
  std::size_t depth_ = 0;
  std::uint32_t deep_at_ = 0;
};

// Valid UTF-8 without the characters that no XML document may hold.
std::string clean(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    const bool is_refused = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (is_refused) {
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
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (true) {
    text = text::trim(text);
    const std::string_view end = text.starts_with("<!--") ? "-->" : text.starts_with("<?") ? "?>" : "";
    if (end.empty()) return text.starts_with("<!");
    const std::size_t at = text.find(end, end == "-->" ? 4 : 2);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + end.size());
  }
}

}  // namespace

tl::expected<void, Problem> read(std::string_view text, const Events& events) {
  const auto wrong = [](std::uint32_t line, std::string why) {
    return tl::make_unexpected(Problem{line, std::move(why)});
  };
  const std::string document = clean(text);
  if (has_document_type(document)) {
    return wrong(1, "it has a document type of its own, which may hold entities without end");
  }
  Forwarder forwarder(events);
  try {
    Poco::XML::SAXParser parser("UTF-8");  // whatever the document says: that is what clean() made of it
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_GENERAL_ENTITIES, false);
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_PARAMETER_ENTITIES, false);
    parser.setContentHandler(&forwarder);
    parser.parseString(document);
  } catch (const Poco::XML::SAXParseException& error) {
    return wrong(static_cast<std::uint32_t>(error.getLineNumber()),
                 fmt::format("it is no XML: {}", text::printable(error.message())));
  } catch (const Poco::Exception& error) {
    return wrong(1, fmt::format("it is no XML: {}", text::printable(error.displayText())));
  }
  if (forwarder.deep_at() != 0) {
    return wrong(forwarder.deep_at(), fmt::format("elements are nested deeper than {}", kMostDepth));
  }
  return {};
}

}  // namespace fleet::xml
