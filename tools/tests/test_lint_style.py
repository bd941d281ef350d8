import lint_style
from tests.tree import TreeTest


def body(lines):
    return "".join(f"  call({number});\n" for number in range(lines))


class Style(TreeTest):
    def findings(self, text, path="src/ledger/records/r.cpp"):
        self.write(path, text)
        return lint_style.check(self.root)

    def test_good_code_passes(self):
        self.assertEqual([], self.findings('#include <string>\n// a comment\nint f() { return 1; }\n'))

    def test_a_long_line_fails(self):
        self.assertEqual([], self.findings("// " + "đ" * 137 + "\n"))
        self.assert_one(self.findings("\n// " + "đ" * 138 + "\n"), "src/ledger/records/r.cpp", 2, "141 characters")

    def test_a_long_function_fails(self):
        self.assertEqual([], self.findings("int f(int a) {\n" + body(68) + "}\n"))
        self.assert_one(self.findings("\nint f(int a) {\n" + body(69) + "}\n"), "src/ledger/records/r.cpp", 2, "71 lines")

    def test_a_long_method_fails(self):
        text = "namespace nc {\nclass A : public B {\n  [[nodiscard]] int f() const override {\n" + body(69) + "}\n};\n}\n"
        self.assert_one(self.findings(text), "src/ledger/records/r.cpp", 3, "71 lines")

    def test_a_long_constructor_with_braced_members_fails(self):
        text = "A::A(int x) : a_{x}, b_{x} {\n" + body(69) + "}\n"
        self.assert_one(self.findings(text), "src/ledger/records/r.cpp", 1, "71 lines")

    def test_a_long_operator_and_a_long_template_fail(self):
        text = "bool operator==(const A& a, const A& b) {\n" + body(69) + "}\n"
        self.assert_one(self.findings(text), "src/ledger/records/r.cpp", 1, "71 lines")
        text = "template <typename T = int>\nstd::vector<T> f(T a = {}) {\n" + body(70) + "}\n"
        self.assert_one(self.findings(text), "src/ledger/records/r.cpp", 2, "72 lines")

    def test_a_long_table_or_class_is_no_function(self):
        self.assertEqual([], self.findings("const Row kRows[] = {\n" + "  {1, f(2)},\n" * 90 + "};\n"))
        self.assertEqual([], self.findings("class A {\n" + "  int f() { return 1; }\n" * 90 + "};\n"))

    def test_braces_in_literals_do_not_count(self):
        self.assertEqual([], self.findings("int f() {\n  g('{', \"}{{\", R\"({)\");\n}\n" + "int x;\n" * 100))

    def test_a_long_file_fails(self):
        self.assert_one(self.findings("int x;\n" * 801), "src/ledger/records/r.cpp", 1, "801 lines")

    def test_unfinished_work_fails(self):
        self.assert_one(self.findings("// TODO: the rest\n"), "src/ledger/records/r.cpp", 1, "unfinished")

    def test_a_path_of_the_workshop_fails(self):
        self.write("docs/A.md", "see ../shared/design\n")
        self.assert_one(lint_style.check(self.root), "docs/A.md", 1, "outside the project")

    def test_time_and_randomness_come_through_their_doors(self):
        self.assert_one(self.findings("auto now = std::chrono::system_clock::now();\n"), "src/ledger/records/r.cpp", 1, "Clock")
        self.assert_one(self.findings("std::random_device device;\n"), "src/ledger/records/r.cpp", 1, "Rng")
        self.assertEqual([], self.findings("// std::random_device\n"))

    def test_a_swallowed_exception_needs_its_reason(self):
        self.assert_one(self.findings("void f() { try { g(); } catch (...) {} }\n"), "src/ledger/records/r.cpp", 1, "swallowed")
        self.assertEqual([], self.findings("void f() { try { g(); } catch (...) { /* nothing to tell */ } }\n"))

    def test_a_header_needs_its_guard_and_no_using_namespace(self):
        self.assert_one(self.findings("int f();\n", "src/base/b.h"), "src/base/b.h", 1, "#pragma once")
        self.assert_one(self.findings("#pragma once\nusing namespace std;\n", "src/base/b.h"), "src/base/b.h", 2, "using namespace")

    def test_a_room_needs_a_short_readme(self):
        self.write("src/base/CMakeLists.txt", "nc_component(base)\n")
        self.assert_one(lint_style.check(self.root), "src/base/README.md", 1, "has no README.md")
        self.write("src/base/README.md", "line\n" * 41)
        self.assert_one(lint_style.check(self.root), "src/base/README.md", 1, "41 lines")
        self.write("src/base/README.md", "line\n" * 40)
        self.assertEqual([], lint_style.check(self.root))

    def test_file_names_are_snake_case(self):
        self.assert_one(self.findings("int x;\n", "src/base/BadName.cpp"), "src/base/BadName.cpp", 1, "snake_case")
