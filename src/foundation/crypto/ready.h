// Inside the room only: libsodium must be initialised before any other call to it.
#pragma once

namespace nc::crypto {

// Cheap after the first call; safe from any thread. Stops the process if libsodium cannot start.
void ensure_ready();

}  // namespace nc::crypto
