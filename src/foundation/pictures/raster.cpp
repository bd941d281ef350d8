#include "foundation/pictures/raster.h"

#include <algorithm>
#include <cstdlib>

#include "foundation/pictures/thumbnail.h"

namespace nc::pictures {

void give_up() { std::_Exit(1); }

void check_size(std::int64_t width, std::int64_t height) {
  if (width <= 0 || height <= 0 || width > kPixelsMax || height > kPixelsMax / width) give_up();
}

Shrinker::Shrinker(int width, int height, int edge_max) : width_(width), height_(height) {
  const auto longer = std::max(width, height);
  const auto scaled = [&](int edge) {
    return longer <= edge_max ? edge : std::max(1, static_cast<int>(static_cast<std::int64_t>(edge) * edge_max / longer));
  };
  out_.width = scaled(width);
  out_.height = scaled(height);
  out_.pixels.resize(static_cast<std::size_t>(out_.width) * static_cast<std::size_t>(out_.height) * 3);
  sums_.resize(static_cast<std::size_t>(out_.width) * 3);
  counts_.resize(static_cast<std::size_t>(out_.width));
}

void Shrinker::add_row(const std::uint8_t* rgb) {
  const auto target = static_cast<int>(static_cast<std::int64_t>(row_) * out_.height / height_);
  close_rows(target);
  for (int x = 0; x < width_; ++x) {
    const auto at = static_cast<std::size_t>(static_cast<std::int64_t>(x) * out_.width / width_);
    for (std::size_t c = 0; c < 3; ++c) sums_[at * 3 + c] += rgb[static_cast<std::size_t>(x) * 3 + c];
    ++counts_[at];
  }
  ++row_;
}

void Shrinker::close_rows(int until) {
  for (; out_row_ < until; ++out_row_) {
    auto* row = out_.pixels.data() + static_cast<std::size_t>(out_row_) * static_cast<std::size_t>(out_.width) * 3;
    for (std::size_t i = 0; i < sums_.size(); ++i) row[i] = static_cast<std::uint8_t>(sums_[i] / std::max(1U, counts_[i / 3]));
    std::ranges::fill(sums_, 0U);
    std::ranges::fill(counts_, 0U);
  }
}

Raster Shrinker::finish() {
  close_rows(out_.height);
  return std::move(out_);
}

Raster turned(const Raster& picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const bool swaps = orientation >= 5;
  Raster out{swaps ? picture.height : picture.width, swaps ? picture.width : picture.height, {}};
  out.pixels.resize(picture.pixels.size());
  const bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      int from_x = swaps ? y : x, from_y = swaps ? x : y;
      if (flip_x) from_x = picture.width - 1 - from_x;
      if (flip_y) from_y = picture.height - 1 - from_y;
      const auto* from =
          picture.pixels.data() +
          (static_cast<std::size_t>(from_y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(from_x)) * 3;
      std::copy_n(
          from, 3,
          out.pixels.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(x)) * 3);
    }
  return out;
}

std::string thumbnail(std::string_view picture, int edge_max) {
  using namespace std::string_view_literals;
  if (picture.starts_with("\xff\xd8\xff"sv)) return write_jpeg(read_jpeg(picture, edge_max));
  if (picture.starts_with("\x89PNG"sv)) return write_jpeg(read_png(picture, edge_max));
  if (picture.starts_with("RIFF"sv)) return write_jpeg(read_webp(picture, edge_max));
  give_up();
}

}  // namespace nc::pictures
