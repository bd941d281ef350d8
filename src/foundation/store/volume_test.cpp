// Volumes as the kernel would tell of them, in folders made for the test.
#include "foundation/store/volume.h"

#include "base/files.h"
#include "foundation/store/temp_dir_for_test.h"

namespace nc::store {
namespace {

class VolumeTest : public StoreTest {
 protected:
  void mounted(const std::string& device, const std::string& filesystem, const std::string& source = "/dev/none") {
    put("mountinfo", "22 27 0:21 / /proc rw,relatime - proc proc rw\n27 1 259:1 / / rw shared:1 - ext4 /dev/root rw\n40 27 " + device +
                         " / " + dir_.string() + " rw,relatime shared:5 - " + filesystem + " " + source + " rw\n");
  }
  void put(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((dir_ / file).parent_path());
    ASSERT_TRUE(write_file_durably(dir_ / file, text));
  }
  void plain_device(const std::string& device) { put("sys/dev/block/" + device + "/dev", device + "\n"); }
  [[nodiscard]] Volume look() const { return look_at_volume(dir_, {dir_ / "mountinfo", dir_ / "sys"}); }
};

TEST_F(VolumeTest, ADiskWithoutEncryptionIsNone) {
  mounted("8:1", "ext4");
  plain_device("8:1");
  EXPECT_EQ(look().encryption, Encryption::kNone);
  EXPECT_EQ(look().filesystem, "ext4");
  EXPECT_EQ(look().mount_point, dir_.string());
}

TEST_F(VolumeTest, LuksIsEncrypted) {
  mounted("253:0", "ext4");
  put("sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-data\n");
  EXPECT_EQ(look().encryption, Encryption::kEncrypted);
  EXPECT_EQ(look().by, "CRYPT-LUKS2");
}

TEST_F(VolumeTest, LvmOnLuksIsEncryptedAndOnABareDiskNot) {
  mounted("253:1", "xfs");
  put("sys/dev/block/253:1/dm/uuid", "LVM-abcdef\n");
  put("sys/dev/block/253:1/slaves/dm-0/dev", "253:0\n");
  put("sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS1-aa-name\n");
  EXPECT_EQ(look().encryption, Encryption::kEncrypted);
  // A second disk in the group that is not encrypted: what is written may lie there.
  put("sys/dev/block/253:1/slaves/sdb/dev", "8:16\n");
  plain_device("8:16");
  EXPECT_EQ(look().encryption, Encryption::kNone);
  EXPECT_EQ(look().by, "");
}

TEST_F(VolumeTest, FileSystemsThatEncryptAreSeenAndOthersAreUnknown) {
  mounted("0:50", "ecryptfs");
  EXPECT_EQ(look().encryption, Encryption::kEncrypted);
  for (const char* filesystem : {"overlay", "zfs", "nfs4", "tmpfs", "9p"}) {
    mounted("0:51", filesystem);
    EXPECT_EQ(look().encryption, Encryption::kUnknown) << filesystem;
  }
}

TEST_F(VolumeTest, WhatCannotBeReadIsUnknown) {
  EXPECT_EQ(look().encryption, Encryption::kUnknown);  // no mountinfo
  mounted("8:1", "ext4");                              // but nothing about the device
  EXPECT_EQ(look().encryption, Encryption::kUnknown);
  put("sys/dev/block/8:1/slaves/loop/dev", "8:1\n");  // a circle
  EXPECT_EQ(look().encryption, Encryption::kUnknown);
}

TEST_F(VolumeTest, MountLinesAreReadByTheirRules) {
  const std::string lines =
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "2 1 8:2 / /srv rw master:1 propagate_from:2 - ext4 /dev/sda2 rw\n"
      "3 1 8:3 / /srv/data\\040one rw - ext4 /dev/sda3 rw\n"
      "4 1 8:4 / /srv/data\\040one rw - ext4 /dev/sda4 rw\n"
      "broken line\n5 1 8:5 - -\n";
  EXPECT_EQ(mount_of(lines, "/home/a")->device, "8:1");
  EXPECT_EQ(mount_of(lines, "/srv")->device, "8:2");
  EXPECT_EQ(mount_of(lines, "/srvx")->device, "8:1");
  EXPECT_EQ(mount_of(lines, "/srv/data one/node")->device, "8:4");
  EXPECT_FALSE(mount_of("", "/"));
  EXPECT_FALSE(mount_of(lines, "relative"));
}

}  // namespace
}  // namespace nc::store
