// Small pictures of small pictures: size, which way up, and what is not carried over.
#include <gtest/gtest.h>

#include "base/files.h"
#include "foundation/pictures/raster.h"
#include "foundation/pictures/thumbnail.h"

namespace nc::pictures {
namespace {

std::string sample(const char* name) { return read_file(std::string(NC_SOURCE_DIR "/src/ledger/blobs/testdata/") + name).value(); }

// Mean of a few pixels around a place, as "red", "green" or "yellow": the colours of the samples.
std::string colour_at(const Raster& picture, int x, int y) {
  const auto* at =
      picture.pixels.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)) * 3;
  if (at[0] > 150 && at[1] > 120) return "yellow";
  return at[0] > 120 ? "red" : at[1] > 70 ? "green" : "?";
}

TEST(Thumbnail, IsOfTheWantedSizeAndUpright) {
  // The camera was held so that the picture must be turned to the right: the red corner goes from left to right.
  const auto small = read_jpeg(thumbnail(sample("photo.jpg"), 40), 400);
  EXPECT_EQ(small.width, 30);
  EXPECT_EQ(small.height, 40);
  EXPECT_EQ(colour_at(small, 27, 3), "red");
  EXPECT_EQ(colour_at(small, 3, 3), "green");
  EXPECT_EQ(colour_at(small, 15, 36), "yellow");
}

TEST(Thumbnail, CarriesNothingOfTheCamera) {
  for (const char* name : {"photo.jpg", "picture.png", "picture.webp"}) {
    const auto small = thumbnail(sample(name), 32);
    EXPECT_EQ(small.find("SecretCamera"), std::string::npos) << name;
    EXPECT_EQ(small.find("Exif"), std::string::npos) << name;
    const auto seen = read_jpeg(small, 32);
    EXPECT_EQ(std::max(seen.width, seen.height), 32) << name;
  }
}

TEST(Thumbnail, OfASmallPictureIsNotBlownUp) {
  const auto seen = read_jpeg(thumbnail(sample("picture.png"), 480), 480);
  EXPECT_EQ(seen.width, 64);
  EXPECT_EQ(colour_at(seen, 4, 4), "red");
  EXPECT_EQ(colour_at(seen, 60, 40), "yellow");
}

TEST(Turned, EightWaysComeBack) {
  const Raster picture{3, 2, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}};
  const auto first_row = [](const Raster& out) {
    std::string text;
    for (int x = 0; x < out.width; ++x) text += std::to_string(out.pixels[static_cast<std::size_t>(x) * 3]);
    return text;
  };
  // Exif 2.3, tag 0x0112: which edge of what is seen the first row and column are.
  const char* expected[] = {"123", "321", "654", "456", "14", "41", "63", "36"};
  for (int orientation = 1; orientation <= 8; ++orientation)
    EXPECT_EQ(first_row(turned(picture, orientation)), expected[orientation - 1]) << orientation;
}

TEST(ThumbnailDeathTest, WhatIsNoPictureEndsTheProcess) {
  EXPECT_EXIT(static_cast<void>(thumbnail("nothing", 32)), testing::ExitedWithCode(1), "");
  EXPECT_EXIT(static_cast<void>(thumbnail(sample("bomb.png"), 32)), testing::ExitedWithCode(1), "");
  const auto half = sample("picture.png").substr(0, 150);
  EXPECT_EXIT(static_cast<void>(thumbnail(half, 32)), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace nc::pictures
