#!/usr/bin/env bash
# Brings po/vi.po up to date with the message ids of src/: new ids come in empty, ids that are gone
# move to the end as obsolete. Translations are written by people, with any .po editor.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
find src -name '*.cpp' ! -name '*_test.cpp' ! -name '*_fuzz.cpp' ! -name '*_bench.cpp' -o -name '*.h' | LC_ALL=C sort |
  xgettext --files-from=- --language=C++ --from-code=UTF-8 --add-location=file --no-wrap \
    --keyword --keyword=NC_MSG --keyword=tr --keyword=trn:1,2 \
    --package-name=nhipcau --output="$pot"
# Our slots are {1} {2}; "50%" is no printf format.
sed -i -e 's/charset=CHARSET/charset=UTF-8/' -e '/^#, c-format$/d' "$pot"
msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-wrap --add-location=file po/vi.po "$pot"
msgfmt --statistics --check-header --output-file=/dev/null po/vi.po
