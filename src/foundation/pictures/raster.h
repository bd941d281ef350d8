// Inside the room: a picture on its way from one library to the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nc::pictures {

struct Raster {  // RGB, three bytes a pixel, rows from the top
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

[[noreturn]] void give_up();
// Ends the process when there are more pixels than kPixelsMax, or none.
void check_size(std::int64_t width, std::int64_t height);

// Takes rows of a large picture and keeps their mean over boxes, so that one row of it is in memory at a time.
class Shrinker {
 public:
  Shrinker(int width, int height, int edge_max);
  void add_row(const std::uint8_t* rgb);  // `height` times
  [[nodiscard]] Raster finish();

 private:
  void close_rows(int until);
  int width_, height_, row_ = 0, out_row_ = 0;
  Raster out_;
  std::vector<std::uint32_t> sums_, counts_;
};

[[nodiscard]] Raster read_jpeg(std::string_view bytes, int edge_max);
[[nodiscard]] Raster read_png(std::string_view bytes, int edge_max);
[[nodiscard]] Raster read_webp(std::string_view bytes, int edge_max);
[[nodiscard]] std::string write_jpeg(const Raster& picture);
// As Exif numbers them: 1 upright, 3 upside down, 6 turned to the right, 8 to the left; mirrored ones between.
[[nodiscard]] Raster turned(const Raster& picture, int orientation);

}  // namespace nc::pictures
