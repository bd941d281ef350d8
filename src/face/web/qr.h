// Inside the room: a QR code as a picture in the page, without scripts and without another file.
#pragma once

#include <string>

#include "face/web/html.h"

namespace nc::web {

// As inline SVG, dark on light in both colour schemes, with a quiet zone; `label` says what it is to who does not see
// it. Empty when the text is too long for a QR code: the page then shows the text alone.
[[nodiscard]] Html qr_code(const std::string& text, const std::string& label);

}  // namespace nc::web
