"""Bundles: one file that does what the many do."""

from collections.abc import Callable

import pytest

from functions.get_app import bundles
from lambdo.web.static_files import StaticFile, make_file


def files(**sources: str) -> dict[str, StaticFile]:
    """Return files of these contents; `parts__list_js` is parts/list.js."""
    names = {name: name.replace("__", "/").replace("_", ".") for name in sources}
    return {names[name]: make_file(source.encode(), "text/javascript") for name, source in sources.items()}


def test_module_becomes_a_function_that_returns_what_it_exports() -> None:
    sources = files(
        main_js='import { show } from "./parts/list.js";\nimport "./theme.js";\nshow(1);\n',
        parts__list_js='import {\n  today,\n  sum as add,\n} from "../dates.js";\nexport function show(n) {\n  add(today(), n);\n}\n',
        dates_js="export const today = () => 1;\nexport async function sum(a, b) {}\nexport class Day {}\nconst own = 2;\n",
        theme_js='document.title = "dark";\n',
    )
    assert bundles.join_scripts(sources, "main.js").content.decode() == (
        "const module0 = (() => { // dates.js\n"
        "const today = () => 1;\nasync function sum(a, b) {}\nclass Day {}\nconst own = 2;\n"
        "return { today, sum, Day };\n})();\n"
        "const module1 = (() => { // parts/list.js\n"
        "const {\n  today,\n  sum: add,\n} = module0;\n"
        "function show(n) {\n  add(today(), n);\n}\n"
        "return { show };\n})();\n"
        "const module2 = (() => { // theme.js\n"
        'document.title = "dark";\n'
        "return {  };\n})();\n"
        "const module3 = (() => { // main.js\n"
        "const { show } = module1;\nshow(1);\n"
        "return {  };\n})();\n"
    )


def test_module_that_several_import_stands_once_and_before_all_of_them() -> None:
    sources = files(
        main_js='import { a } from "./a.js";\nimport { b } from "./b.js";\n',
        a_js='import { c } from "./c.js";\nexport const a = c;\n',
        b_js='import { c } from "./c.js";\nexport const b = c;\n',
        c_js="export const c = 1;\n",
        unused_js="export const d = 1;\n",
    )
    text = bundles.join_scripts(sources, "main.js").content.decode()
    assert [line for line in text.splitlines() if "//" in line] == [
        "const module0 = (() => { // c.js",
        "const module1 = (() => { // a.js",
        "const module2 = (() => { // b.js",
        "const module3 = (() => { // main.js",
    ]


def test_style_sheet_has_those_that_it_imports_in_their_places() -> None:
    sources = files(
        main_css='@import "styles/a.css";\n@import "styles/b.css";\np {}\n',
        styles__a_css="a {}\n",
        styles__b_css="b {}\n",
    )
    assert bundles.join_styles(sources, "main.css") == make_file(b"a {}\nb {}\np {}\n", "text/javascript")


@pytest.mark.parametrize(
    ("bundle", "entry"),
    [(bundles.join_scripts, 'import { a } from "./a.js";\n'), (bundles.join_styles, '@import "a.css";\n')],
)
def test_file_that_is_not_there_is_named(
    bundle: Callable[[dict[str, StaticFile], str], StaticFile], entry: str
) -> None:
    with pytest.raises(KeyError, match=r"'a\.(js|css)'"):
        bundle({"main": make_file(entry.encode(), "text/plain")}, "main")
