#include <png.h>

#include <algorithm>

#include "foundation/pictures/raster.h"

namespace nc::pictures {
namespace {

constexpr std::int64_t kInterlacedPixelsMax = 20'000'000;  // such a picture is whole in memory

struct Source {
  std::string_view left;
};

void read_some(png_structp png, png_bytep into, png_size_t size) {
  auto& source = *static_cast<Source*>(png_get_io_ptr(png));
  if (source.left.size() < size) give_up();
  std::copy_n(source.left.begin(), size, into);
  source.left.remove_prefix(size);
}

void leave(png_structp, png_const_charp) { give_up(); }
void stay_silent(png_structp, png_const_charp) {}

}  // namespace

Raster read_png(std::string_view bytes, int edge_max) {
  Source source{bytes};
  auto* png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, stay_silent);
  auto* info = png ? png_create_info_struct(png) : nullptr;
  if (!info) give_up();
  png_set_read_fn(png, &source, read_some);
  png_set_user_limits(png, 100'000, 100'000);
  png_set_chunk_malloc_max(png, 8 * 1024 * 1024);
  png_read_info(png, info);
  const auto width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  check_size(width, height);
  const bool interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  if (interlaced && static_cast<std::int64_t>(width) * height > kInterlacedPixelsMax) give_up();
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  const png_color_16 white{0, 255, 255, 255, 255};
  if ((png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0)
    png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  png_read_update_info(png, info);
  const auto stride = static_cast<std::size_t>(width) * 3;
  if (png_get_rowbytes(png, info) != stride) give_up();
  Shrinker shrinker(static_cast<int>(width), static_cast<int>(height), edge_max);
  if (interlaced) {
    std::vector<std::uint8_t> all(stride * height);
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y) rows[y] = all.data() + y * stride;
    png_read_image(png, rows.data());
    for (const auto* row : rows) shrinker.add_row(row);
  } else {
    std::vector<std::uint8_t> row(stride);
    for (std::size_t y = 0; y < height; ++y) {
      png_read_row(png, row.data(), nullptr);
      shrinker.add_row(row.data());
    }
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return shrinker.finish();
}

}  // namespace nc::pictures
