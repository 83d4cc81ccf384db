#pragma once

#include <memory>
#include <string>

#include "net/http_client.h"

namespace fleet::net {

struct CurlOptions {
  std::string ca_file;  // certificates that are trusted, in PEM; empty: those of the system
};

// The HttpClient of the product, on libcurl: one thread for all transfers, which starts with the first of
// them. Connections are kept and used again. Proxies are those of the environment (`https_proxy`,
// `no_proxy`), but not on the way to this machine itself.
//
// The destructor ends what is under way with an Error.
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_client(CurlOptions options = {});

}  // namespace fleet::net
