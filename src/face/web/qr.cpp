#include "face/web/qr.h"

#include <qrencode.h>

#include <memory>

namespace nc::web {

Html qr_code(const std::string& text, const std::string& label) {
  constexpr int kQuiet = 4;  // modules of light around it, as ISO/IEC 18004 asks
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
  if (!code) return {};
  std::string path;
  for (int row = 0; row < code->width; ++row) {
    for (int column = 0; column < code->width; ++column) {
      int run = 0;
      while (column + run < code->width && (code->data[row * code->width + column + run] & 1) != 0) ++run;
      if (run == 0) continue;
      path += "M" + std::to_string(column + kQuiet) + " " + std::to_string(row + kQuiet) + "h" + std::to_string(run) + "v1h-" +
              std::to_string(run) + "z";
      column += run;
    }
  }
  const auto side = std::to_string(code->width + 2 * kQuiet);
  // The reader of HTML writes viewbox as SVG wants it.
  return el("svg", {{"class", "qr"}, {"role", "img"}, {"aria-label", label}, {"viewbox", "0 0 " + side + " " + side}},
            el("rect", {{"class", "qr-light"}, {"width", side}, {"height", side}}), el("path", {{"class", "qr-dark"}, {"d", path}}));
}

}  // namespace nc::web
