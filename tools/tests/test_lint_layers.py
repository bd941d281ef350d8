import lint_layers
from tests.tree import LAYERS, TreeTest


class Layers(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("src/base/CMakeLists.txt", "nc_component(base SOURCES id.cpp)\n")
        self.write("src/base/id.h", "#pragma once\n#include <string>\n")
        self.write("src/foundation/store/CMakeLists.txt", "nc_component(store SOURCES store.cpp USES base TESTS store_test.cpp)\n")
        self.write("src/foundation/store/store.h", '#pragma once\n#include <sqlite3.h>\n#include "base/id.h"\n')
        self.write("src/foundation/store/store_test.cpp", '#include <gtest/gtest.h>\n#include "foundation/store/store.h"\n')
        self.write("src/ledger/catalog/CMakeLists.txt", "nc_component(catalog SOURCES c.cpp USES base)\n")
        self.write("src/ledger/catalog/c.h", '#include "base/id.h"\n')

    def test_a_good_tree_passes(self):
        self.assertEqual([], lint_layers.check(self.root))

    def test_only_tests_include_headers_of_tests(self):
        self.write("tests/crash/trial.h", "#pragma once\n")
        self.write("tests/crash/trial.cpp", '#include "tests/crash/trial.h"\n')
        self.assertEqual([], lint_layers.check(self.root))
        self.write("src/foundation/store/up.cpp", '#include "tests/crash/trial.h"\n')
        self.assert_one(lint_layers.check(self.root), "src/foundation/store/up.cpp", 1, "no file below src/")

    def test_an_upward_include_fails(self):
        self.write("src/foundation/store/up.cpp", '\n#include "ledger/catalog/c.h"\n')
        findings = [finding for finding in lint_layers.check(self.root) if finding.path.name == "up.cpp"]
        self.assert_one(findings, "src/foundation/store/up.cpp", 2, "store may not use catalog")

    def test_a_sideways_include_without_an_arrow_fails(self):
        self.write("src/foundation/net/net.h", '#include "foundation/store/store.h"\n')
        self.assert_one(lint_layers.check(self.root), "src/foundation/net/net.h", 1, "net may not use store")

    def test_a_sideways_include_along_an_arrow_passes(self):
        self.write("src/ledger/records/CMakeLists.txt", "nc_component(records SOURCES r.cpp USES catalog)\n")
        self.write("src/ledger/records/r.cpp", '#include "ledger/catalog/c.h"\n')
        self.assertEqual([], lint_layers.check(self.root))

    def test_a_library_outside_its_room_fails(self):
        self.write("src/ledger/catalog/c.cpp", '#include "base/id.h"\n#include <sqlite3.h>\n')
        self.assert_one(lint_layers.check(self.root), "src/ledger/catalog/c.cpp", 2, "SQLite, which only store")

    def test_an_unlisted_library_fails(self):
        self.write("src/ledger/catalog/c.cpp", '#include "base/id.h"\n#include <left_pad.h>\n')
        self.assert_one(lint_layers.check(self.root), "src/ledger/catalog/c.cpp", 2, "belongs to no library")

    def test_a_test_library_in_a_product_source_fails(self):
        self.write("src/base/id.cpp", "#include <gtest/gtest.h>\n")
        self.assert_one(lint_layers.check(self.root), "src/base/id.cpp", 1, "only tests may include")

    def test_an_include_beside_the_file_fails(self):
        self.write("src/base/id.cpp", '#include "id.h"\n')
        self.assert_one(lint_layers.check(self.root), "src/base/id.cpp", 1, "by their path from src/")

    def test_an_include_that_cannot_be_followed_fails(self):
        for written in ("#include_next <sqlite3.h>", "#include HEADER", '#import "base/id.h"', "%:include <sqlite3.h>",
                        "#include \\\n  HEADER", "#embed <secret>"):
            with self.subTest(written):
                self.write("src/base/id.cpp", f"\n{written}\n")
                findings = lint_layers.check(self.root)
                self.assertEqual([("src/base/id.cpp", 2)], [(str(finding.path), finding.line) for finding in findings])

    def test_a_source_with_another_ending_fails(self):
        for name in ("id.cc", "id.hpp", "id.inc", "id.ipp", "id.c"):
            with self.subTest(name):
                self.write(f"src/base/{name}", "#include <sqlite3.h>\n")
                self.assert_one(lint_layers.check(self.root), f"src/base/{name}", 1, "no other ending is checked")
                (self.root / "src/base" / name).unlink()

    def test_an_include_in_a_comment_is_none(self):
        self.write("src/base/id.cpp", '// #include "ledger/catalog/c.h"\n/*\n#include <sqlite3.h>\n*/\n')
        self.assertEqual([], lint_layers.check(self.root))

    def test_a_room_missing_from_uses_fails(self):
        self.write("src/ledger/catalog/c.cpp", '#include "foundation/store/store.h"\n')
        self.assert_one(lint_layers.check(self.root), "src/ledger/catalog/CMakeLists.txt", 1, "USES does not name it")

    def test_a_use_that_no_source_needs_fails(self):
        self.write("src/ledger/catalog/CMakeLists.txt", "\nnc_component(catalog SOURCES c.cpp USES base store)\n")
        self.assert_one(lint_layers.check(self.root), "src/ledger/catalog/CMakeLists.txt", 2, "no source of catalog includes it")

    def test_an_upward_use_fails(self):
        self.write("src/base/CMakeLists.txt", "nc_component(base SOURCES id.cpp USES store)\n")
        findings = lint_layers.check(self.root)
        self.assertIn("base may not use store (USES)", [finding.text for finding in findings])

    def test_a_source_outside_every_room_fails(self):
        self.write("src/attic/old.cpp", "\n")
        self.assert_one(lint_layers.check(self.root), "src/attic/old.cpp", 1, "in no room")

    def test_a_cycle_of_arrows_fails(self):
        self.write("layers.toml", LAYERS.replace('records = ["catalog"]', 'records = ["catalog"]\ncatalog = ["records"]'))
        self.assertIn("the arrows lead from catalog back to catalog", [finding.text for finding in lint_layers.check(self.root)])

    def test_an_arrow_between_floors_fails(self):
        self.write("layers.toml", LAYERS.replace('records = ["catalog"]', 'store = ["records"]'))
        self.assert_one(lint_layers.check(self.root), "layers.toml", 1, "not within one floor")
