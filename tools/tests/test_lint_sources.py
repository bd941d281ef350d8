import lint_sources
from tests.tree import TreeTest


class Sources(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("src/CMakeLists.txt", "foreach(room base foundation/store)\nendforeach()\n")
        self.write("src/base/CMakeLists.txt", "nc_component(base\n  SOURCES id.cpp  # ids\n  TESTS id_test.cpp)\n")
        self.write("src/base/id.cpp", "")
        self.write("src/base/id_test.cpp", "")

    def test_a_good_tree_passes(self):
        self.assertEqual([], lint_sources.check(self.root))

    def test_a_test_that_is_not_built_fails(self):
        self.write("src/base/lost_test.cpp", "")
        self.assert_one(lint_sources.check(self.root), "src/base/lost_test.cpp", 1, "never built")

    def test_a_source_with_another_ending_fails(self):
        for name in ("lost.cc", "lost_test.cxx", "lost.hpp", "lost.inc"):
            with self.subTest(name):
                self.write(f"src/base/{name}", "")
                self.assert_one(lint_sources.check(self.root), f"src/base/{name}", 1, "another ending")
                (self.root / "src/base" / name).unlink()

    def test_a_name_in_a_comment_does_not_count(self):
        self.write("src/base/CMakeLists.txt", "nc_component(base SOURCES id.cpp\n#  TESTS id_test.cpp\n)\n")
        self.assert_one(lint_sources.check(self.root), "src/base/id_test.cpp", 1, "never built")

    def test_a_name_without_a_file_fails(self):
        self.write("src/base/CMakeLists.txt", "\nnc_component(base SOURCES id.cpp TESTS id_test.cpp FUZZ id_fuzz.cpp)\n")
        self.assert_one(lint_sources.check(self.root), "src/base/CMakeLists.txt", 2, "not on disk")

    def test_a_glob_fails(self):
        self.write("src/base/CMakeLists.txt", "file(GLOB all *.cc)\nnc_component(base SOURCES id.cpp TESTS id_test.cpp)\n")
        self.assert_one(lint_sources.check(self.root), "src/base/CMakeLists.txt", 1, "GLOB")

    def test_a_glob_of_data_passes(self):
        self.write("src/base/CMakeLists.txt",
                   "file(GLOB fonts CONFIGURE_DEPENDS x/*.woff2)\nnc_component(base SOURCES id.cpp TESTS id_test.cpp)\n")
        self.assertEqual([], lint_sources.check(self.root))

    def test_a_room_that_is_not_added_fails(self):
        self.write("src/foundation/net/CMakeLists.txt", "nc_component(net)\n")
        self.assert_one(lint_sources.check(self.root), "src/foundation/net/CMakeLists.txt", 1, "does not add")
