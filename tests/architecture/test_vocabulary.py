"""The words of the network are data: none of them stands in code.

Outside the network tables, the source tables and the tests, no organisation, place, test or staff group is named: not in an
identifier, not in a string, not in a comment, not in the words on the pages.
"""

import csv
import io
import keyword
import re
import tokenize
from pathlib import Path

import pytest

EXEMPT = "data/networks/"
"""Tables of networks, and the scripts that make them."""

ADAPTERS = "data/sources/"
"""An adapter's docstrings may say which published file it reads."""

ANY_CASE = (
    r"lancashire|cumbria|blackpool|preston|burnley|blackburn|morecambe|lancaster|barrow|furness|kendal|westmorland|chorley|ormskirk|"
    r"fleetwood|rossendale|clitheroe|heysham|ulverston|rxl|rxr|rxn|rtx|"
    r"mri|magnetic resonance|tomograph\w*|ultrasound|ultrasonograph\w*|barium|dexa|mammogra\w*|fluoroscop\w*|echo-?cardiogra\w*|"
    r"endoscop\w*|colonoscop\w*|gastroscop\w*|cystoscop\w*|sigmoidoscop\w*|radiograph\w*|sonograph\w*"
)
CAPITALS = r"CT|NOUS|LSC|UHMB|ELHT|LTHTR?|QE1|DXA|PET"
"""Short words that are something else in small letters."""

IN_TEXT = re.compile(rf"\b(?i:{ANY_CASE})\b|\b(?:{CAPITALS})\b")
IN_NAME = re.compile(rf"(?:{ANY_CASE}|ct|nous)", re.IGNORECASE)

STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def words_in(source: str, *, docstrings: bool = True, more: re.Pattern[str] | None = None) -> list[tuple[int, str]]:
    """(line, word) for each word of a network in identifiers, strings and comments of Python source."""
    found = []
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", token.string)
            found += [(token.start[0], part) for part in parts if IN_NAME.fullmatch(part)]
        elif token.type == tokenize.COMMENT or (token.type in STRINGS and (docstrings or not is_docstring)):
            found += [(token.start[0], match.group()) for match in IN_TEXT.finditer(token.string)]
            found += [(token.start[0], match.group()) for match in (more.finditer(token.string) if more else ())]
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    return found


@pytest.fixture(scope="module")
def names_in_tables(repository) -> re.Pattern[str]:
    """Codes of organisations and titles of what the networks in the repository hold, where they are too long to be ordinary words."""
    names = set()
    for table in ("organisations", "sites", "tests", "mobiles"):
        for path in (repository / EXEMPT).glob(f"*/{table}.csv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                for code, title, *_ in list(csv.reader(file))[1:]:
                    names.update(n for n in (title,) if len(n) >= 10 and " " in n)
                    names.update(c for c in (code,) if table == "organisations" and re.fullmatch(r"[A-Z]+[A-Z0-9]{2,}", c))
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in sorted(names)) or '(?!)'})\b")


def test_no_word_of_a_network_stands_in_code(repository, modules, names_in_tables):
    found = []
    for module in (m for m in modules if not m.as_posix().startswith(EXEMPT)):
        source = (repository / module).read_text("utf-8")
        docstrings = not module.as_posix().startswith(ADAPTERS)
        found += [f"{module}:{line}: {word}" for line, word in words_in(source, docstrings=docstrings, more=names_in_tables)]
    assert found == []


def test_no_word_of_a_network_stands_on_a_page(repository, names_in_tables):
    found = []
    for path in sorted((repository / "portal" / "text").rglob("*.md")):
        text = path.read_text("utf-8")
        found += [f"{path.name}: {m.group()}" for pattern in (IN_TEXT, names_in_tables) for m in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "ct_rooms = 2\n",
        "class MriScanner: ...\n",
        "# the CT rooms\n",
        "x = 'Royal Preston'\n",
        "x = f'{n} in Lancashire'\n",
        "code = 'RXN'\n",
        '"""Ultrasound lists."""\n',
        "def radiographers(): ...\n",
    ],
)
def test_a_planted_word_is_found(source):
    assert words_in(source)


@pytest.mark.parametrize(
    "source",
    ["exact = direct(fct)\n", "x = 'contrast, effect, expect'\n", "echo = True\n", "ctx = 'predict'\n", "x = 'scanner'\n"],
)
def test_an_ordinary_word_is_not_taken_for_one_of_a_network(source):
    assert words_in(source) == []


def test_an_adapter_may_say_in_a_docstring_what_it_reads():
    source = '"""Reads the MRI file."""\n\n\ndef read():\n    """MRI."""\n'
    assert words_in(source)
    assert words_in(source, docstrings=False) == []
    assert words_in("x = 'MRI'\n", docstrings=False)


def test_paths_that_are_exempt_exist(repository):
    assert (repository / Path(EXEMPT)).is_dir()
    assert (repository / Path(ADAPTERS)).is_dir()
