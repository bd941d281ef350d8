#!/usr/bin/env python3
"""Makes the sample files beside it: small, of every kind that is taken, with metadata of a place that is none (0 N, 0 E).

Usage: make.py BUILD_DIR (for nhipcau-preview, which writes the JPEG). WebP is written by libwebp itself.
"""
import ctypes
import pathlib
import struct
import subprocess
import sys
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent
RED, GREEN, YELLOW = b"\xc8\x10\x10", b"\x0f\x6b\x46", b"\xf0\xc0\x20"
STAMP = (2026, 1, 1, 0, 0, 0)


def rows(width, height):
    """Left half green, right half yellow, the top left corner red: to see which way up it is."""
    for y in range(height):
        corner = y < height // 4
        yield b"".join(RED if corner and x < width // 4 else GREEN if x < width // 2 else YELLOW for x in range(width))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, extra=b""):
    raw = b"".join(b"\0" + row for row in rows(width, height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def exif(orientation):
    """Orientation, maker, and a position: the directory of GPS with latitude reference N."""
    make = b"SecretCamera\0"
    gps_at = 8 + 2 + 3 * 12 + 4 + len(make)
    entries = [struct.pack(">HHI", 0x010F, 2, len(make)) + struct.pack(">I", 8 + 2 + 3 * 12 + 4),
               struct.pack(">HHI", 0x0112, 3, 1) + struct.pack(">HH", orientation, 0),
               struct.pack(">HHI", 0x8825, 4, 1) + struct.pack(">I", gps_at)]
    first = struct.pack(">H", 3) + b"".join(entries) + struct.pack(">I", 0) + make
    gps = struct.pack(">H", 1) + struct.pack(">HHI", 1, 2, 2) + b"N\0\0\0" + struct.pack(">I", 0)
    return b"Exif\0\0MM\0\x2a" + struct.pack(">I", 8) + first + gps


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def webp(width, height):
    lib = ctypes.CDLL("libwebp.so.7")
    out = ctypes.POINTER(ctypes.c_uint8)()
    lib.WebPEncodeRGB.restype = ctypes.c_size_t
    number = ctypes.c_int
    lib.WebPEncodeRGB.argtypes = [ctypes.c_char_p, number, number, number, ctypes.c_float, ctypes.POINTER(type(out))]
    size = lib.WebPEncodeRGB(b"".join(rows(width, height)), width, height, width * 3, 80.0, ctypes.byref(out))
    plain = bytes(out[:size])
    frame = plain[12:]
    head = struct.pack("<I", 0x08) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    data = exif(1)[6:]
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + head + frame
    body += b"EXIF" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf(extra=b""):
    text = b"BT /F1 24 Tf 40 100 Td (Bien ban) Tj ET"
    objects = [b"<</Type/Catalog/Pages 2 0 R" + extra + b">>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
               b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(text), text)]
    out, offsets = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    at = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % at


def archive(path, parts, stored=()):
    with zipfile.ZipFile(path, "w") as out:
        for name, data in parts:
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            out.writestr(info, data)


def main():
    build = pathlib.Path(sys.argv[1])
    (HERE / "picture.png").write_bytes(png(64, 48, chunk(b"tEXt", b"Comment\0SecretCamera") + chunk(b"eXIf", exif(1)[6:])))
    plain = subprocess.run([build / "nhipcau-preview", "400"], input=png(80, 60), stdout=subprocess.PIPE, check=True).stdout
    film = b"\0\0\0\x18ftypmp42SecretCamera"
    beside = segment(0xE1, exif(6)) + segment(0xED, b"Photoshop 3.0\0SecretCamera") + segment(0xFE, b"SecretCamera")
    (HERE / "photo.jpg").write_bytes(plain[:2] + beside + plain[2:] + film)
    (HERE / "picture.webp").write_bytes(webp(64, 48))
    (HERE / "paper.pdf").write_bytes(pdf())
    (HERE / "program.pdf").write_bytes(pdf(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0))
    (HERE / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 4096)) + chunk(b"IEND", b""))
    office = [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships/>")]
    archive(HERE / "letter.docx", office + [("word/document.xml", "<w:document/>")])
    archive(HERE / "macro.docx", office + [("word/document.xml", "<w:document/>"), ("word/vbaProject.bin", "macro")])
    archive(HERE / "table.xlsx", office + [("xl/workbook.xml", "<workbook/>")])
    archive(HERE / "letter.odt", [("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<x/>")], {"mimetype"})
    archive(HERE / "plain.zip", [("readme.txt", "x")])
    (HERE / "sound.mp3").write_bytes(b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" + b"\0" * 413)
    (HERE / "text.txt").write_text("Hội đàm định kỳ\nở cửa khẩu\n", encoding="utf-8")
    (HERE / "table.csv").write_text("mốc,ngày\n165(1),06/05/2024\n", encoding="utf-8")


main()
