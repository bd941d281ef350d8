#include <webp/decode.h>

#include <algorithm>

#include "foundation/pictures/raster.h"

namespace nc::pictures {

Raster read_webp(std::string_view bytes, int edge_max) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config) || WebPGetFeatures(data, bytes.size(), &config.input) != VP8_STATUS_OK) give_up();
  check_size(config.input.width, config.input.height);
  const int longer = std::max(config.input.width, config.input.height);
  if (longer > edge_max) {
    config.options.use_scaling = 1;
    config.options.scaled_width = std::max(1, static_cast<int>(static_cast<std::int64_t>(config.input.width) * edge_max / longer));
    config.options.scaled_height = std::max(1, static_cast<int>(static_cast<std::int64_t>(config.input.height) * edge_max / longer));
  }
  config.output.colorspace = MODE_RGBA;
  if (WebPDecode(data, bytes.size(), &config) != VP8_STATUS_OK) give_up();
  Raster out{config.output.width, config.output.height, {}};
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      const auto* from =
          config.output.u.RGBA.rgba + static_cast<std::ptrdiff_t>(y) * config.output.u.RGBA.stride + static_cast<std::ptrdiff_t>(x) * 4;
      for (int c = 0; c < 3; ++c) out.pixels.push_back(static_cast<std::uint8_t>((from[c] * from[3] + 255 * (255 - from[3])) / 255));
    }
  WebPFreeDecBuffer(&config.output);
  return out;
}

}  // namespace nc::pictures
