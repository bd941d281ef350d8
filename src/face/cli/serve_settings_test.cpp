#include "face/cli/serve_settings.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/files.h"

namespace nc::cli {
namespace {

const std::filesystem::path kDelivered = NC_SOURCE_DIR "/packaging/nhipcau.toml";

std::string refused(std::string_view text) {
  const auto settings = parse_serve_settings(text, "nhipcau.toml");
  return settings ? "taken" : settings.error().english();
}

TEST(ServeSettings, NothingWrittenIsNothingSet) {
  for (const auto* text : {"", "# listen = \"0.0.0.0:80\"\n"}) {
    const auto settings = parse_serve_settings(text, "nhipcau.toml");
    ASSERT_TRUE(settings) << settings.error().english();
    EXPECT_FALSE(settings->listen);
    EXPECT_TRUE(settings->hosts.empty() && settings->tls_cert.empty() && settings->tls_key.empty());
  }
}

TEST(ServeSettings, EveryKeyIsRead) {
  const auto settings = parse_serve_settings(
      "listen = \"0.0.0.0:8600\"\nsync_listen = \"0.0.0.0:8610\"\n"
      "hosts = [\"a.lan\", \"b.lan:8600\"]\ntls_cert = \"/x/c.pem\"\ntls_key = \"k.pem\"\n",
      "nhipcau.toml");
  ASSERT_TRUE(settings) << settings.error().english();
  EXPECT_EQ(settings->listen, "0.0.0.0:8600");
  EXPECT_EQ(settings->sync_listen, "0.0.0.0:8610");
  EXPECT_EQ(settings->hosts, (std::vector<std::string>{"a.lan", "b.lan:8600"}));
  EXPECT_EQ(settings->tls_cert, "/x/c.pem");
  EXPECT_EQ(settings->tls_key, "k.pem");
}

TEST(ServeSettings, WhatIsNotKnownIsRefusedByNameWithTheNearest) {
  EXPECT_EQ(refused("lisen = \"127.0.0.1:1\"\n"),
            "nhipcau.toml:1:1: The key “lisen” is unknown here. The nearest that there are: listen, hosts, tls_key");
  EXPECT_NE(refused("[serve]\nlisten = \"127.0.0.1:1\"\n").find("The key “serve” is unknown here"), std::string::npos);
}

TEST(ServeSettings, AWrongKindAnEmptyTextAndHalfOfTlsAreRefusedWithThePlace) {
  EXPECT_EQ(refused("listen = 8600\n"), "nhipcau.toml:1:10: “listen” must be text in quotes");
  EXPECT_EQ(refused("\nlisten = \"\"\n"), "nhipcau.toml:2:10: “listen” is empty");
  EXPECT_EQ(refused("hosts = \"a\"\n"), "nhipcau.toml:1:9: “hosts” must be a list in square brackets");
  EXPECT_NE(refused("tls_cert = \"c.pem\"\n").find("The key “tls_key” is missing"), std::string::npos);
  EXPECT_NE(refused("tls_key = \"k.pem\"\n").find("The key “tls_cert” is missing"), std::string::npos);
  EXPECT_NE(refused("listen = \"a\"\nlisten = \"b\"\n"), "taken");
}

// The file that the package lays down sets nothing, and shows every key as it may be written.
TEST(ServeSettings, TheDeliveredFileShowsEveryKey) {
  const auto as_it_is = read_serve_settings(kDelivered);
  ASSERT_TRUE(as_it_is) << as_it_is.error().english();
  EXPECT_FALSE(as_it_is->listen);
  std::istringstream lines(*read_file(kDelivered));
  std::string shown;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("#") && !line.starts_with("# ") && line != "#") shown += line.substr(1) + "\n";
  for (const auto& setting : known_settings())
    EXPECT_NE(shown.find(std::string(setting.key) + " = " + setting.value + "\n"), std::string::npos) << setting.key << " in\n" << shown;
  const auto read = parse_serve_settings(shown, "shown");
  ASSERT_TRUE(read) << read.error().english();
  EXPECT_TRUE(read->listen && !read->hosts.empty() && !read->tls_key.empty());
}

TEST(ServeSettings, CertificatesAreLookedForBesideTheFile) {
  const auto folder = std::filesystem::temp_directory_path() / ("nhipcau-settings-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "n.toml") << "tls_cert = \"tls/c.pem\"\ntls_key = \"/elsewhere/k.pem\"\n";
  const auto settings = read_serve_settings(folder / "n.toml");
  ASSERT_TRUE(settings) << settings.error().english();
  EXPECT_EQ(settings->tls_cert, (folder / "tls/c.pem").string());
  EXPECT_EQ(settings->tls_key, "/elsewhere/k.pem");
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(read_serve_settings(folder / "n.toml"));
}

}  // namespace
}  // namespace nc::cli
