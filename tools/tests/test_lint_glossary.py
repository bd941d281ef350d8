import lint_glossary
from tests.tree import TreeTest


class Glossary(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("catalog/patrols/patrol.toml", 'id = "patrol"\n[workflow]\n[[workflow.state]]\nid = "held"\n')
        self.write("catalog/roles.toml", '[[role]]\nid = "approver"\n')
        self.write("docs/glossary.md", "| tuần tra | patrol | `patrol` |\n| duyệt | approver | `approver` |\n| x | y | state `held` |\n")

    def test_a_full_glossary_passes(self):
        self.assertEqual([], lint_glossary.check(self.root))

    def test_a_missing_type_fails(self):
        self.write("catalog/patrols/letter.toml", 'id = "letter"\n')
        self.assert_one(lint_glossary.check(self.root), "catalog/patrols/letter.toml", 1, '"letter" stands not in')

    def test_a_word_outside_the_identifiers_does_not_count(self):
        self.write("docs/glossary.md", "| tuần tra | patrol | - |\n| duyệt | approver | `approver` |\n| x | y | `held` |\n")
        self.assert_one(lint_glossary.check(self.root), "catalog/patrols/patrol.toml", 1, '"patrol"')

    def test_a_broken_link_fails(self):
        self.write("docs/A.md", "[gone](B.md) and [web](https://example.org/x)\n")
        self.assert_one(lint_glossary.check(self.root), "docs/A.md", 1, "B.md leads nowhere")

    def test_a_link_to_a_missing_heading_fails(self):
        self.write("docs/A.md", "# Add a type\n[here](#add-a-type)\n[not](#remove-a-type)\n")
        self.assert_one(lint_glossary.check(self.root), "docs/A.md", 3, "no such heading")
