import lint_names
from tests.tree import LAYERS, TreeTest


class Names(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("catalog/places/unit.toml", 'id = "unit"\n')
        self.write("catalog/patrol/patrol.toml", 'id = "patrol"\n')

    def test_running_text_and_comments_pass(self):
        self.write("src/ledger/records/r.cpp", '// "patrol"\nconst char* text = "The unit of the patrol";\n')
        self.assertEqual([], lint_names.check(self.root))

    def test_a_type_name_fails(self):
        self.write("src/ledger/records/r.cpp", '\nif (type == "patrol") return;\n')
        self.assert_one(lint_names.check(self.root), "src/ledger/records/r.cpp", 2, "names the record type")

    def test_a_type_name_in_a_path_of_names_fails(self):
        self.write("src/base/b.cpp", 'auto field = find("patrol.lead");\n')
        self.assert_one(lint_names.check(self.root), "src/base/b.cpp", 1, "patrol")

    def test_a_type_name_in_a_raw_string_fails(self):
        self.write("src/base/b.cpp", 'auto field = find(R"(unit)");\n')
        self.assert_one(lint_names.check(self.root), "src/base/b.cpp", 1, "unit")

    def test_work_may_name_types(self):
        self.write("src/work/visits/v.cpp", 'find("patrol");\n')
        self.assertEqual([], lint_names.check(self.root))

    def allow(self, word, reason="name of a slot"):
        self.write("layers.toml", LAYERS + f'[[structural_words]]\nword = "{word}"\nrooms = ["catalog"]\nreason = "{reason}"\n')

    def test_a_structural_word_passes_in_its_room_only(self):
        self.allow("unit")
        self.write("src/ledger/catalog/c.cpp", 'find("unit");\n')
        self.assertEqual([], lint_names.check(self.root))
        self.write("src/ledger/records/r.cpp", 'find("unit");\n')
        self.assert_one(lint_names.check(self.root), "src/ledger/records/r.cpp", 1, "unit")

    def test_a_structural_word_that_is_no_type_fails(self):
        self.allow("gone")
        self.assert_one(lint_names.check(self.root), "layers.toml", 1, "gone")

    def test_a_structural_word_without_reason_fails(self):
        self.allow("unit", reason="")
        self.assert_one(lint_names.check(self.root), "layers.toml", 1, "no reason")
