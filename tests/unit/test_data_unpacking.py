"""Packed uploads: one file comes out, counted; anything else is refused in words."""

import gzip
import io
import zipfile

import pytest

from data.archive import MAX_UNPACKED
from data.errors import Refused
from data.unpacking import MAX_UNPACKED_FILE, contents_of, holds_workbook, packing_of
from tests.networks.broken import official_xls, official_xlsx, with_locked_part, with_lying_directory
from tests.networks.full_extract import as_gzip, as_zip

TEXT = b"a,b\n1,2\n" * 1000
NAME = "month.zip"


def rule_of(source, limit=MAX_UNPACKED):
    """The one reason why a packed file is refused."""
    with pytest.raises(Refused) as refused:
        contents_of(source, NAME, limit).read()
    (finding,) = refused.value.findings
    assert finding.file == NAME
    assert all((finding.found, finding.expected, finding.mend))
    return finding.rule


@pytest.mark.parametrize("packed", [TEXT, as_gzip(TEXT), as_zip(("month.csv", TEXT))], ids=["plain", "gzip", "zip"])
def test_the_one_file_comes_out_as_it_was_from_bytes_and_from_a_path(packed, tmp_path):
    assert contents_of(packed, NAME).read() == TEXT
    (tmp_path / "upload").write_bytes(packed)
    assert contents_of(tmp_path / "upload", NAME).read() == TEXT
    assert packing_of(packed) == packing_of(tmp_path / "upload")


def test_what_a_mac_puts_beside_a_file_and_folders_are_no_files():
    assert contents_of(as_zip(("folder/", b""), ("folder/month.csv", TEXT), ("__MACOSX/folder/._month.csv", b"x")), NAME).read() == TEXT


def test_padding_after_a_gzip_file_is_nothing():
    assert contents_of(as_gzip(TEXT) + b"\0" * 3_000_000, NAME).read() == TEXT


def locked():
    return with_locked_part(as_zip(("month.csv", TEXT)))


def unusually_packed():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("month.csv", TEXT)
    return made.getvalue()


REFUSED = {
    "two files in a zip": (lambda: as_zip(("a.csv", TEXT), ("b.csv", TEXT)), "several-members"),
    "no file in a zip": (lambda: as_zip(("folder/", b"")), "no-members"),
    "an empty zip": (lambda: as_zip(), "no-members"),
    "two files in a gzip": (lambda: as_gzip(TEXT) + as_gzip(TEXT), "several-members"),
    "a gzip in a zip": (lambda: as_zip(("a.csv.gz", as_gzip(TEXT))), "nested-archive"),
    "a zip in a gzip": (lambda: as_gzip(as_zip(("a.csv", TEXT))), "nested-archive"),
    "a workbook in a zip": (lambda: as_zip(("a.xls", official_xls())), "nested-archive"),
    "a new workbook in a gzip": (lambda: as_gzip(official_xlsx()), "nested-archive"),
    "a password": (locked, "encrypted"),
    "an unusual compression": (unusually_packed, "packing"),
    "half a gzip": (lambda: as_gzip(TEXT)[:40], "damaged"),
    "half a zip": (lambda: as_zip(("a.csv", TEXT))[:80], "damaged"),
    "a gzip with other bytes after it": (lambda: as_gzip(TEXT) + b"more", "damaged"),
    "a gzip with a wrong sum": (lambda: as_gzip(TEXT)[:-8] + b"12345678", "damaged"),
    "a zip with a wrong sum": (lambda: as_zip(("a.csv", TEXT)).replace(zlib_start(), b"\0\0\0\0"), "damaged"),
    "a gzip bomb": (lambda: as_gzip(b"0" * 30_000_000), "too-large"),
    "a zip bomb": (lambda: as_zip(("a.csv", b"0" * 30_000_000)), "too-large"),
    "a zip that states a size it has not": (lambda: with_lying_directory(as_zip(("a.csv", TEXT))), "too-large"),
}


def zlib_start():
    """The first packed bytes of the file inside the zip archive."""
    content = as_zip(("a.csv", TEXT))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        begin = archive.infolist()[0].header_offset + 30 + len("a.csv")
    return content[begin : begin + 4]


@pytest.mark.parametrize("case", REFUSED)
def test_anything_but_one_whole_file_is_refused(case):
    make, rule = REFUSED[case]
    assert rule_of(make()) == rule


def test_a_password_is_named():
    with pytest.raises(Refused, match="password"):
        contents_of(locked(), NAME)


def test_a_file_that_is_too_large_when_unpacked_is_refused_as_soon_as_it_is():
    taken: list[int] = []
    contents = contents_of(as_gzip(bytes(range(256)) * 40_000), NAME, limit=3_000_000)
    with pytest.raises(Refused):
        taken.extend(len(chunk) for chunk in contents.chunks())
    assert sum(taken) <= 3_000_000
    assert rule_of(TEXT * 500, limit=3_000_000) == "too-large"


def test_the_directory_of_a_zip_is_not_believed_when_it_states_less():
    content = bytearray(as_zip(("a.csv", TEXT)))
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert rule_of(bytes(content)) == "damaged"


@pytest.mark.parametrize(("limit", "way"), [(1_000, "sixweeks import"), (MAX_UNPACKED_FILE, "fewer months")])
def test_a_page_names_the_command_for_larger_files(limit, way):
    packed = with_lying_directory(as_zip(("a.csv", TEXT)))
    if limit == MAX_UNPACKED_FILE:
        packed = packed.replace((2_000_000_000).to_bytes(4, "little"), (2_100_000_000).to_bytes(4, "little"))
    with pytest.raises(Refused, match=way):
        contents_of(packed, NAME, limit)


def test_a_workbook_is_told_from_other_archives_even_when_it_is_damaged():
    assert holds_workbook(official_xlsx())
    assert holds_workbook(official_xlsx()[:4000])
    assert not holds_workbook(as_zip(("a.csv", TEXT)))
    assert not holds_workbook(gzip.compress(TEXT))
