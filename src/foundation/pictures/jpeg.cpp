#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "foundation/pictures/raster.h"

namespace nc::pictures {
namespace {

constexpr int kQuality = 78;

void leave(j_common_ptr) { give_up(); }
void stay_silent(j_common_ptr) {}

void install(jpeg_error_mgr& errors) {
  jpeg_std_error(&errors);
  errors.error_exit = leave;
  errors.output_message = stay_silent;
}

std::uint32_t number(const std::uint8_t* at, std::size_t bytes, bool little) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < bytes; ++i) out = (out << 8) | at[little ? bytes - 1 - i : i];
  return out;
}

// The orientation in an Exif block (TIFF 6.0: tag 0x0112 of the first directory); 1 when there is none.
int orientation_of(const jpeg_marker_struct* marker) {
  constexpr std::size_t kHead = 6, kEntry = 12;
  for (; marker != nullptr; marker = marker->next) {
    const std::string_view all(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (marker->marker != JPEG_APP0 + 1 || all.size() < kHead + 14 || !all.starts_with("Exif")) continue;
    const auto* tiff = marker->data + kHead;
    const std::size_t size = marker->data_length - kHead;
    const bool little = tiff[0] == 'I';
    const std::size_t first = number(tiff + 4, 4, little);
    if (first > size - 2) continue;
    const std::size_t entries = number(tiff + first, 2, little);
    for (std::size_t i = 0; i < entries && first + 2 + (i + 1) * kEntry <= size; ++i) {
      const auto* entry = tiff + first + 2 + i * kEntry;
      if (number(entry, 2, little) == 0x0112) return static_cast<int>(number(entry + 8, 2, little));
    }
  }
  return 1;
}

}  // namespace

Raster read_jpeg(std::string_view bytes, int edge_max) {
  jpeg_decompress_struct in{};
  jpeg_error_mgr errors{};
  in.err = &errors;
  install(errors);
  jpeg_create_decompress(&in);
  jpeg_mem_src(&in, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_save_markers(&in, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&in, TRUE);
  check_size(in.image_width, in.image_height);
  const int orientation = orientation_of(in.marker_list);
  in.out_color_space = JCS_RGB;
  in.scale_num = 1;
  in.scale_denom = 8;  // the library shrinks by halves for nothing
  while (in.scale_denom > 1 && std::max(in.image_width, in.image_height) / in.scale_denom < static_cast<unsigned>(edge_max))
    in.scale_denom /= 2;
  jpeg_start_decompress(&in);
  if (in.output_components != 3) give_up();
  Shrinker shrinker(static_cast<int>(in.output_width), static_cast<int>(in.output_height), edge_max);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(in.output_width) * 3);
  auto* rows = row.data();
  while (in.output_scanline < in.output_height) {
    jpeg_read_scanlines(&in, &rows, 1);
    shrinker.add_row(row.data());
  }
  jpeg_destroy_decompress(&in);
  return turned(shrinker.finish(), orientation);
}

std::string write_jpeg(const Raster& picture) {
  jpeg_compress_struct out{};
  jpeg_error_mgr errors{};
  out.err = &errors;
  install(errors);
  jpeg_create_compress(&out);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &memory, &size);
  out.image_width = static_cast<JDIMENSION>(picture.width);
  out.image_height = static_cast<JDIMENSION>(picture.height);
  out.input_components = 3;
  out.in_color_space = JCS_RGB;
  jpeg_set_defaults(&out);
  jpeg_set_quality(&out, kQuality, TRUE);
  jpeg_start_compress(&out, TRUE);
  while (out.next_scanline < out.image_height) {
    auto* row = const_cast<std::uint8_t*>(picture.pixels.data()) +
                static_cast<std::size_t>(out.next_scanline) * static_cast<std::size_t>(picture.width) * 3;
    jpeg_write_scanlines(&out, &row, 1);
  }
  jpeg_finish_compress(&out);
  std::string bytes(reinterpret_cast<const char*>(memory), size);
  jpeg_destroy_compress(&out);
  std::free(memory);
  return bytes;
}

}  // namespace nc::pictures
