#pragma once

// Inside the room: marks code that runs in a child between clone and exec, which shares our memory. It makes
// system calls and nothing else: no allocation, no lock, and nothing of a sanitizer, whose records are ours.
#define FLEET_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))
