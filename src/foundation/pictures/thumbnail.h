// A small picture of a picture, for the program that makes previews and for nobody else: a picture that cannot be read
// ends the process (exit 1), as its libraries want to leave in the middle of their work. Metadata are not carried over.
#pragma once

#include <string>
#include <string_view>

namespace nc::pictures {

inline constexpr int kPixelsMax = 200'000'000;  // of the picture that comes in

// JPEG of at most `edge_max` pixels on its longer side, upright as the camera noted, transparent parts white.
// `picture`: the bytes of a JPEG, PNG or WebP.
[[nodiscard]] std::string thumbnail(std::string_view picture, int edge_max);

}  // namespace nc::pictures
