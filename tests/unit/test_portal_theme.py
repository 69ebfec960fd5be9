"""How what people type is shown."""

import pytest

from portal import theme


@pytest.mark.parametrize(
    "typed",
    ["*a*", "_a_", "`a`", "# a", "[a](b)", "<b>", "$x$", ":red[x]", ":material/home:", "1. a", "2) a", "- a", "+ a", "~~a~~", "a|b",
     "https://x.y", "www.x.y", "a@b.c", "\\*"],
)  # fmt: skip
def test_what_people_type_is_no_markup(typed):
    safe = theme.plain(typed)
    assert safe != typed
    assert safe.replace("\\", "") == typed.replace("\\", "")


def test_ordinary_text_and_numbers_are_left_alone():
    text = "20 of 24 lists (12.3%) had waited; worst: Alpha at 5.0 - £1.2 million."
    assert theme.plain(text) == text


def test_line_breaks_become_spaces():
    assert theme.plain("a\n\n# b") == "a \\# b"
