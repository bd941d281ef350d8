// Files that are attached: what they are, what they are called, what is taken out of them, and that they stay.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "base/limits.h"
#include "foundation/crypto/hash.h"
#include "ledger/blobs/file_name.h"
#include "ledger/blobs/look.h"
#include "ledger/blobs/previews.h"
#include "ledger/blobs/store.h"
#include "ledger/blobs/strip.h"

namespace nc::blobs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kPart = "own:303132333435363738393a3b3c3d3e3f/internal";

const std::vector<catalog::MediaType>& kinds() {
  static const auto kCatalog = catalog::Catalog::load(NC_SOURCE_DIR "/catalog");
  if (!kCatalog) throw std::runtime_error(kCatalog.error().english());
  return (*kCatalog)->media();
}

fs::path sample(const std::string& name) { return fs::path(NC_SOURCE_DIR "/src/ledger/blobs/testdata") / name; }
std::string bytes_of(const fs::path& path) { return read_file(path).value(); }

class Blobs : public testing::Test {
 protected:
  Blobs() : root_(fs::temp_directory_path() / ("nc-blobs-" + system_rng().make<RecordId>().hex())) { fs::create_directories(root_); }
  ~Blobs() override { fs::remove_all(root_); }
  fs::path put(const std::string& name, const std::string& content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
    return root_ / name;
  }
  static std::string look(const fs::path& path, const std::string& name = "x") {
    const auto kind = look_at(*InputFile::open(path), name, kinds());
    return kind ? (*kind)->id : "refused: " + kind.error().english();
  }
  std::string look_bytes(const std::string& content, const std::string& name = "x") { return look(put("looked-at", content), name); }
  fs::path root_;
};

// --- names ---

TEST(FileName, LettersWhoseBytesLookLikeASpaceStayWhole) {
  for (const std::string name : {"Bàn giao nhà", "Pà", "à", "Đồ \xc3\x82"}) EXPECT_EQ(safe_file_name(name), name);
  EXPECT_EQ(safe_file_name("\xc2\xa0 .nhà. \xc2\xa0"), "nhà");
}

TEST(FileName, HostileNamesBecomeSafe) {
  EXPECT_EQ(safe_file_name("Biên bản hội đàm.pdf"), "Biên bản hội đàm.pdf");
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(safe_file_name("C:\\Users\\x\\ảnh.jpg"), "ảnh.jpg");
  EXPECT_EQ(safe_file_name("a\r\nSet-Cookie: b\0c.pdf"), "aSet-Cookie_ b");
  EXPECT_EQ(safe_file_name(std::string_view("x\0y.pdf", 7)), "xy.pdf");
  EXPECT_EQ(safe_file_name("invoice\xe2\x80\xae"
                           "fdp.exe"),
            "invoicefdp.exe");  // right-to-left override
  EXPECT_EQ(safe_file_name("a\xe2\x80\x8b\xef\xbb\xbf.pdf"), "a.pdf");
  EXPECT_EQ(safe_file_name("Bie\xcc\x82n.pdf"), "Biên.pdf");
  EXPECT_EQ(safe_file_name("<img src=x>|?*.png"), "_img src=x____.png");
  EXPECT_EQ(safe_file_name("...."), "tep");
  EXPECT_EQ(safe_file_name(""), "tep");
  EXPECT_EQ(safe_file_name("\xff\xfe"), "tep");
  EXPECT_EQ(safe_file_name(".htaccess"), "htaccess");
  EXPECT_EQ(safe_file_name("CON.pdf"), "_CON.pdf");
  EXPECT_EQ(safe_file_name("com1.txt"), "_com1.txt");
  EXPECT_EQ(safe_file_name("name .pdf. . "), "name .pdf");
}

TEST(FileName, LongNamesAreCutAtACharacterAndKeepTheirEnding) {
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "ệ";
  const auto name = safe_file_name(longest + ".pdf");
  EXPECT_LE(name.size(), kNameBytesMax);
  EXPECT_TRUE(name.ends_with("ệ.pdf")) << name;
  EXPECT_EQ(safe_file_name(name), name);
}

TEST(FileName, TheEndingFollowsTheBytes) {
  const auto& all = kinds();
  const auto kind = [&](const std::string& id) {
    return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
  };
  EXPECT_EQ(with_ending_of("a.JPEG", kind("image/jpeg"), all), "a.JPEG");
  EXPECT_EQ(with_ending_of("a.png", kind("image/jpeg"), all), "a.jpg");
  EXPECT_EQ(with_ending_of("a.exe", kind("application/pdf"), all), "a.exe.pdf");
  EXPECT_EQ(with_ending_of("page.html", kind("text/plain"), all), "page.html.txt");
  EXPECT_EQ(with_ending_of("a", kind("text/csv"), all), "a.csv");
}

// --- kinds ---

TEST_F(Blobs, KindsAreKnownByTheirBytes) {
  EXPECT_EQ(look(sample("paper.pdf"), "x.exe"), "application/pdf");
  EXPECT_EQ(look(sample("photo.jpg")), "image/jpeg");
  EXPECT_EQ(look(sample("picture.png"), "x.jpg"), "image/png");
  EXPECT_EQ(look(sample("picture.webp")), "image/webp");
  EXPECT_EQ(look(sample("letter.docx")), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(look(sample("table.xlsx")), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(look(sample("letter.odt")), "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(look(sample("sound.mp3")), "audio/mpeg");
  EXPECT_EQ(look(sample("text.txt"), "a.txt"), "text/plain");
  EXPECT_EQ(look(sample("table.csv"), "a.CSV"), "text/csv");
  EXPECT_EQ(look(sample("table.csv"), "a.txt"), "text/plain");
}

TEST_F(Blobs, WhatMayRunIsRefused) {
  EXPECT_THAT(look(sample("macro.docx"), "x.docx"), HasSubstr("macros"));
  EXPECT_THAT(look(sample("program.pdf"), "x.pdf"), HasSubstr("/JavaScript"));
  EXPECT_THAT(look(sample("plain.zip"), "x.docx"), HasSubstr("archive"));
  EXPECT_THAT(look_bytes(std::string("MZ\x90\0\x03\0\0\0", 8) + std::string(200, '\0'), "x.pdf"), HasSubstr("not taken"));
  EXPECT_THAT(look_bytes("\x7f"
                         "ELF\x02\x01\x01" +
                         std::string(200, '\0')),
              HasSubstr("not taken"));
  EXPECT_THAT(look_bytes("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(600, '\0'), "x.doc"), HasSubstr("not taken"));
  // A page of the web is text here, and is saved as text: nothing opens it.
  EXPECT_EQ(look_bytes("<html><script>alert(1)</script></html>", "x.html"), "text/plain");
  EXPECT_EQ(look_bytes("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.svg"), "text/plain");
}

// Any letter of a name may be written as #hh, also where one piece of the reading ends and the next begins.
TEST_F(Blobs, NamesInAPdfAreReadWithTheirEscapes) {
  const auto pdf = [](const std::string& inside) { return "%PDF-1.4\n1 0 obj << " + inside + " >> endobj\n%%EOF\n"; };
  for (const std::string name : {"/J#61vaScript", "/#4aavaScript", "/#4A#61#76#61#53#63#72#69#70#74", "/La#75nch", "/#52ichMedia",
                                 "/EmbeddedF#69les", "/Ren#64ition"}) {
    EXPECT_THAT(look_bytes(pdf("/OpenAct#69on << /S " + name + " /#4aS (app.alert\\(1\\)) >>"), "x.pdf"), HasSubstr("carries programs"))
        << name;
    for (std::size_t before = 0; before < name.size() + 2; ++before) {
      const std::string head = "%PDF-1.4\n";
      EXPECT_THAT(look_bytes(head + std::string(64 * 1024 - head.size() - before, ' ') + name + " (x)\n%%EOF\n", "x.pdf"),
                  HasSubstr("carries programs"))
          << name << " " << before;
    }
  }
  EXPECT_EQ(look_bytes(pdf("/OpenAction [3 0 R /Fit] /Title (#4a #4 # #zz)"), "x.pdf"), "application/pdf") << "opened at a page";
  EXPECT_EQ(look_bytes(pdf("/J#6"), "x.pdf"), "application/pdf");
}

TEST_F(Blobs, BombsAreRefusedByName) {
  EXPECT_THAT(look(sample("bomb.png")), HasSubstr("60000 x 60000 pixels"));
  // A table of contents that says it unpacks to more than a gigabyte.
  auto bomb = bytes_of(sample("letter.docx"));
  for (auto at = bomb.find("PK\x01\x02"); at != std::string::npos; at = bomb.find("PK\x01\x02", at + 1))
    bomb.replace(at + 24, 4, "\xff\xff\xff\x7f");
  EXPECT_THAT(look_bytes(bomb, "x.docx"), HasSubstr("would unpack"));
  auto many = bytes_of(sample("letter.docx"));
  many.replace(many.rfind("PK\x05\x06") + 10, 2, "\xff\xff");
  EXPECT_THAT(look_bytes(many, "x.docx"), HasSubstr("more than 10000 parts"));
}

TEST_F(Blobs, DamagedFilesAreRefused) {
  for (const char* name : {"letter.docx", "picture.png", "photo.jpg", "picture.webp"}) {
    const auto whole = bytes_of(sample(name));
    for (std::size_t keep = 0; keep < whole.size(); keep += 7) {
      const auto said = look_bytes(whole.substr(0, keep), name);
      if (said.starts_with("image/")) continue;  // the head is enough for the kind; taking out metadata finds the end missing
      EXPECT_THAT(said, testing::StartsWith("refused")) << name << " " << keep;
    }
  }
  EXPECT_THAT(look_bytes(""), HasSubstr("empty"));
  EXPECT_THAT(look_bytes(std::string("text\0text", 9)), HasSubstr("not taken"));
  EXPECT_THAT(look_bytes("caf\xe9"), HasSubstr("not taken"));
  // A character that lies across two pieces of the reading is whole.
  EXPECT_EQ(look_bytes(std::string(64 * 1024 - 1, 'a') + "ệ" + std::string(64 * 1024, 'b'), "a.txt"), "text/plain");
}

// --- metadata ---

Result<std::string> stripped(const fs::path& path, std::string_view look, bool& removed) {
  std::string out;
  NC_ASSIGN(removed, copy_without_metadata(look, *InputFile::open(path), [&](std::string_view piece) -> Status {
              out += piece;
              return {};
            }));
  return out;
}

TEST_F(Blobs, MetadataGoAndThePictureStays) {
  for (const auto& [name, look] : {std::pair("photo.jpg", "jpeg"), std::pair("picture.png", "png"), std::pair("picture.webp", "webp")}) {
    ASSERT_NE(bytes_of(sample(name)).find("SecretCamera"), std::string::npos) << name;
    bool removed = false;
    const auto clean = stripped(sample(name), look, removed);
    ASSERT_TRUE(clean) << name << clean.error().english();
    EXPECT_TRUE(removed) << name;
    EXPECT_EQ(clean->find("SecretCamera"), std::string::npos) << name;
    EXPECT_EQ(clean->find("ftyp"), std::string::npos) << "a film behind the picture's end";
    // Taking out again changes nothing more.
    const auto again = stripped(put("again", *clean), look, removed);
    ASSERT_TRUE(again) << name;
    if (std::string_view(look) != "jpeg") { EXPECT_FALSE(removed) << name; }
    EXPECT_EQ(*again, *clean) << name;
    EXPECT_EQ(look_bytes(*clean), "image/" + std::string(look));
  }
}

TEST_F(Blobs, APhotographKeepsHowItIsTurnedAndNothingElse) {
  bool removed = false;
  const auto clean = stripped(sample("photo.jpg"), "jpeg", removed);
  const auto exif = clean->find("Exif");
  ASSERT_NE(exif, std::string::npos);
  EXPECT_EQ(clean->substr(exif, 32), std::string("Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 32));
}

TEST_F(Blobs, PicturesThatAreCutOffAreRefused) {
  for (const auto& [name, look] : {std::pair("photo.jpg", "jpeg"), std::pair("picture.png", "png"), std::pair("picture.webp", "webp")}) {
    const auto whole = bytes_of(sample(name));
    const std::size_t end = std::string_view(look) == "jpeg" ? whole.find("\xff\xd9") : whole.size();
    for (std::size_t keep = 12; keep < end; keep += 5) {
      bool removed = false;
      EXPECT_FALSE(stripped(put("cut", whole.substr(0, keep)), look, removed)) << name << " " << keep;
    }
  }
}

// --- uploads ---

class Stored : public testing::Test {
 protected:
  Stored() : root_(fs::temp_directory_path() / ("nc-blobs-" + system_rng().make<RecordId>().hex())), store_(root_, clock_, system_rng()) {
    fs::create_directories(root_);
    clock_.now_ms = system_clock().wall_ms();  // files on the disk have the machine's times
  }
  ~Stored() override { fs::remove_all(root_); }
  Result<Upload> send(const PersonId& who, const std::string& name, const std::string& content) {
    NC_ASSIGN(const auto upload, store_.start(who, name, static_cast<std::int64_t>(content.size())));
    NC_TRY(store_.append(who, upload.id, 0, content));
    return store_.finish(who, upload.id, kinds());
  }
  std::size_t files_in(const char* folder) const {
    std::error_code ec;
    std::size_t out = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / folder, ec)) out += entry.is_regular_file() ? 1 : 0;
    return out;
  }
  std::vector<fs::path> holding(const std::string& bytes) const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      if (entry.is_regular_file() && bytes_of(entry.path()).find(bytes) != std::string::npos) out.push_back(entry.path());
    return out;
  }

  fs::path root_;
  ManualClock clock_;
  Store store_;
  PersonId anna_ = system_rng().make<PersonId>(), binh_ = system_rng().make<PersonId>();
};

TEST_F(Stored, AFileInPiecesIsTheSameAsWhole) {
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += "dòng " + std::to_string(i) + "\n";
  const auto upload = store_.start(anna_, "nhật ký.txt");
  ASSERT_TRUE(upload);
  for (std::size_t at = 0; at < text.size(); at += 70'001) {
    // The link breaks: the sender asks how much is here, and goes on from there.
    EXPECT_EQ(store_.find(anna_, upload->id)->bytes, static_cast<std::int64_t>(at));
    ASSERT_TRUE(store_.append(anna_, upload->id, static_cast<std::int64_t>(at), std::string_view(text).substr(at, 70'001)));
    const auto twice = store_.append(anna_, upload->id, static_cast<std::int64_t>(at), "again");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
    EXPECT_EQ(twice.error().args.at(0), std::to_string(std::min(text.size(), at + 70'001)));
  }
  const auto wrong = store_.finish(anna_, upload->id, kinds(), crypto::sha256("another"));
  EXPECT_EQ(wrong.error().code, ErrorCode::kCorrupt);
  const auto done = send(anna_, "nhật ký.txt", text);
  ASSERT_TRUE(done) << done.error().english();
  EXPECT_EQ(done->file->sha256, crypto::sha256(text));
  EXPECT_EQ(done->file->bytes, static_cast<std::int64_t>(text.size()));
  EXPECT_EQ(done->file->media, "text/plain");
  std::string manifest;
  for (std::size_t at = 0; at < text.size(); at += limits::kBlobChunkBytes) {
    const auto hash = crypto::sha256(std::string_view(text).substr(at, limits::kBlobChunkBytes));
    manifest.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
  }
  EXPECT_EQ(done->file->chunks, crypto::sha256(manifest));
  EXPECT_EQ(store_.finish(anna_, done->id, kinds())->file, done->file) << "finishing again";
}

TEST_F(Stored, AnUploadIsItsOwnersAlone) {
  const auto upload = send(anna_, "a.txt", "của riêng An");
  ASSERT_TRUE(upload);
  const auto absent = system_rng().make<UploadId>();
  EXPECT_EQ(store_.find(binh_, upload->id).error().english(), store_.find(binh_, absent).error().english());
  EXPECT_EQ(store_.append(binh_, upload->id, 0, "x").error().english(), store_.append(binh_, absent, 0, "x").error().english());
  store_.drop(binh_, upload->id);
  EXPECT_TRUE(store_.find(anna_, upload->id));
  // Knowing a hash gives nobody the file.
  EXPECT_EQ(store_.adopt(binh_, kPart, *upload->file).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(store_.holds(kPart, upload->file->sha256));
  auto other_size = *upload->file;
  other_size.bytes += 1;
  EXPECT_FALSE(store_.adopt(anna_, kPart, other_size));
  EXPECT_TRUE(store_.adopt(anna_, kPart, *upload->file));
  EXPECT_TRUE(store_.check(kPart, *upload->file));
  EXPECT_FALSE(store_.holds("own:ffffffffffffffffffffffffffffffff/open", upload->file->sha256)) << "stored per part";
}

TEST_F(Stored, ARefusedFileLeavesNothing) {
  EXPECT_FALSE(send(anna_, "a.docx", bytes_of(sample("macro.docx"))));
  EXPECT_FALSE(send(anna_, "a.jpg", bytes_of(sample("photo.jpg")).substr(0, 300)));
  EXPECT_EQ(files_in("uploads"), 0U);
}

TEST_F(Stored, APhotographIsKeptWithoutItsMetadataAnywhere) {
  const auto upload = send(anna_, "ảnh.png", bytes_of(sample("photo.jpg")));
  ASSERT_TRUE(upload) << upload.error().english();
  EXPECT_TRUE(upload->metadata_removed);
  EXPECT_TRUE(upload->renamed);
  EXPECT_EQ(upload->name, "ảnh.jpg");
  ASSERT_TRUE(store_.adopt(anna_, kPart, *upload->file));
  EXPECT_TRUE(holding("SecretCamera").empty());
}

TEST_F(Stored, QuotasHaveNames) {
  for (std::size_t i = 0; i < limits::kUploadsPerPersonMax; ++i) ASSERT_TRUE(store_.start(anna_, "a.txt"));
  const auto more = store_.start(anna_, "a.txt");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimit);
  EXPECT_TRUE(store_.start(binh_, "a.txt")) << "another's account";
  EXPECT_EQ(store_.start(binh_, "a.txt", static_cast<std::int64_t>(limits::kBlobBytesMax) + 1).error().code, ErrorCode::kLimit);
}

TEST_F(Stored, AlteredAndMissingBytesAreFound) {
  const auto upload = send(anna_, "a.txt", "nội dung thật");
  ASSERT_TRUE(store_.adopt(anna_, kPart, *upload->file));
  const auto path = root_ / "blobs" / Store::folder_of(kPart) / upload->file->sha256.hex();
  ASSERT_TRUE(fs::exists(path));
  std::ofstream(path, std::ios::binary) << "nội dung khác";
  EXPECT_EQ(store_.check(kPart, *upload->file).error().code, ErrorCode::kCorrupt);
  fs::remove(path);
  EXPECT_EQ(store_.check(kPart, *upload->file).error().code, ErrorCode::kNotFound);
}

TEST_F(Stored, DestroyedBytesAreInNoFile) {
  const std::string secret = "Bí mật không được lưu 7f3a";
  const auto upload = send(anna_, "a.txt", secret);
  ASSERT_TRUE(store_.adopt(anna_, kPart, *upload->file));
  ASSERT_FALSE(holding(secret).empty());
  // A second name tells what was left in the blocks of the file itself.
  fs::create_hard_link(root_ / "blobs" / Store::folder_of(kPart) / upload->file->sha256.hex(), root_ / "blocks");
  ASSERT_TRUE(store_.destroy(kPart, upload->file->sha256));
  EXPECT_EQ(files_in("uploads") + files_in("blobs"), 0U);
  ASSERT_TRUE(destroy_name(root_ / "blocks"));
  EXPECT_TRUE(holding(secret).empty());
}

TEST_F(Stored, WhatNobodyNamesGoesAfterADay) {
  const auto kept = send(anna_, "a.txt", "được nêu trong bản ghi"), orphan = send(anna_, "b.txt", "không ai nêu");
  ASSERT_TRUE(store_.adopt(anna_, kPart, *kept->file));
  ASSERT_TRUE(store_.adopt(anna_, kPart, *orphan->file));
  const auto is_named = [&](const std::string& folder, const Digest& hash) -> Result<bool> {
    return folder == Store::folder_of(kPart) && hash == kept->file->sha256;
  };
  EXPECT_EQ(store_.collect(is_named).value_or(-1), 0);
  clock_.now_ms += limits::kUploadAgeMsMax + 60'000;
  EXPECT_EQ(store_.collect(is_named).value_or(-1), 3) << "two uploads, one file";
  EXPECT_EQ(files_in("uploads"), 0U);
  EXPECT_TRUE(store_.check(kPart, *kept->file));
  EXPECT_FALSE(store_.holds(kPart, orphan->file->sha256));
}

// A power cut within an upload: the state is there, the bytes are those that were written, and it goes on.
TEST_F(Stored, AnUploadGoesOnInAnotherProcess) {
  const auto upload = store_.start(anna_, "a.txt");
  const std::string first = "một ";
  ASSERT_TRUE(store_.append(anna_, upload->id, 0, first));
  Store later(root_, clock_, system_rng());
  const auto held = later.find(anna_, upload->id);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->bytes, static_cast<std::int64_t>(first.size()));
  ASSERT_TRUE(later.append(anna_, upload->id, held->bytes, "hai"));
  EXPECT_EQ(later.finish(anna_, upload->id, kinds())->file->sha256, crypto::sha256("một hai"));
}

TEST_F(Stored, PreviewsAreMadeOfPicturesAndPapers) {
  Previews previews(store_, {fs::path(NC_BINARY_DIR) / "nhipcau-preview"});
  for (const char* name : {"photo.jpg", "picture.png", "picture.webp", "paper.pdf"}) {
    const auto upload = send(anna_, name, bytes_of(sample(name)));
    ASSERT_TRUE(upload) << name << upload.error().english();
    ASSERT_TRUE(store_.adopt(anna_, kPart, *upload->file));
    const auto small = previews.find(kPart, *upload->file, 60'000);
    ASSERT_TRUE(small) << name << " " << small.error().english();
    EXPECT_GT(small->size(), 200) << name;
    const auto again = previews.find(kPart, *upload->file, 0);
    EXPECT_TRUE(again) << "kept";
    ASSERT_TRUE(store_.destroy(kPart, upload->file->sha256));
    EXPECT_FALSE(fs::exists(store_.preview_path(kPart, upload->file->sha256)));
  }
  const auto text = send(anna_, "a.txt", "chữ");
  ASSERT_TRUE(store_.adopt(anna_, kPart, *text->file));
  EXPECT_FALSE(previews.find(kPart, *text->file, 60'000)) << "none of text";
}

// The worked example of the format page.
TEST_F(Stored, TheFormatPageShowsWhatIsStored) {
  const auto upload = send(anna_, "table.csv", bytes_of(sample("table.csv")));
  ASSERT_TRUE(upload);
  const auto page = read_file(NC_SOURCE_DIR "/docs/formats/attachments.md");
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, HasSubstr(canonical(json_of(*upload->file)) + "\n"));
  EXPECT_THAT(*page, HasSubstr("blobs/" + Store::folder_of(kPart) + "/" + upload->file->sha256.hex() + "\n"));
  EXPECT_THAT(*page, HasSubstr(kPart));
}

}  // namespace
}  // namespace nc::blobs
