"""A refused file leaves nothing of a person behind, and a purged extract nothing of its rows: not in a database, a file, a log or a message."""

import csv
import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from data.errors import Refused
from data.intake import from_parts
from data.safe_reading import read_safely
from data.sources.imaging_process import read_extract, read_upload
from data.store import SINGLE_USER, Store
from data.store.tables import METADATA
from portal import services, uploads
from portal.cli import main
from portal.kinds import SOURCES
from tests.four_trusts import told
from tests.hostile.people import IN_TEXT, IN_WORKBOOKS, nhs_number, numbers
from tests.networks.examinations import DONE, NOW, as_csv, rows
from tests.networks.extracts import csv_of, patient
from tests.networks.full_extract import as_gzip, as_zip
from tests.networks.small import small_parts

pytestmark = pytest.mark.usefixtures("warm")

NAMED = ("a number in a very hidden sheet", "a comment", "a number in an .xls workbook")
WRITTEN = ("surnames", "homes", "a packed table of patients", "a zipped table", "a table in UTF-16")
RETURNS = [case for case in [*IN_WORKBOOKS, *IN_TEXT] if case.name in NAMED + WRITTEN]

PEOPLE = numbers(6, nhs_number, seed=77)
SURNAMES = ["Quibblethwaite", "Ormskirkham", "Fazackerleigh", "Threlkeldsen", "Poultonby", "Garstangley"]
BORN = ["03/02/1950", "14/07/1961", "21/09/1948", "02/12/1975", "30/01/1983", "09/05/1939"]
HOMES = ["PR2 9HT", "LA1 4RP", "BB10 2PQ", "FY3 8NR", "L1 1JF", "M1 1AE"]


def with_columns(content, **columns):
    """A text table with further columns."""
    held = list(csv.reader(io.StringIO(content.decode())))
    for heading, values in columns.items():
        for row, cell in zip(held, [heading, *values], strict=True):
            row.append(cell)
    text = io.StringIO()
    csv.writer(text).writerows(held)
    return text.getvalue().encode()


LIST = csv_of(*(patient() for _ in PEOPLE))
EXAMINATIONS = as_csv(rows(*({} for _ in PEOPLE)))
PATIENTS = [
    ("waiting-list", "numbers.csv", csv_of(*(patient(Pathway_ID=n) for n in PEOPLE)), PEOPLE),
    ("waiting-list", "names.csv", with_columns(LIST, Surname=SURNAMES), SURNAMES),
    ("waiting-list", "births.csv.gz", as_gzip(with_columns(LIST, when=BORN)), BORN),
    ("waiting-list", "homes.zip", as_zip(("homes.csv", with_columns(LIST, area=HOMES))), HOMES),
    ("imaging", "numbers.csv", as_csv(rows(*({"patient_id": n} for n in PEOPLE))), PEOPLE),
    ("imaging", "names.csv.gz", as_gzip(with_columns(EXAMINATIONS, Surname=SURNAMES)), SURNAMES),
    ("imaging", "homes.zip", as_zip(("homes.csv", as_csv(rows(*({"examination_code": h} for h in HOMES))))), HOMES),
    ("imaging", "births.csv", with_columns(EXAMINATIONS, DOB=BORN), BORN),
]  # fmt: skip
"""Kind, name, bytes, and what is planted."""

FILES = [*(("returns", f"{k} {case.file}", case.make(), [case.planted]) for k, case in enumerate(RETURNS)), *PATIENTS]


@pytest.fixture
def here(tmp_path, monkeypatch, store_url):
    """A portal whose store, home and temporary folder lie beneath one folder, which holds nothing else."""
    place = tmp_path / "everything"
    (place / "tmp").mkdir(parents=True)
    monkeypatch.setenv("SIXWEEKS_HOME", str(place / "home"))
    monkeypatch.setenv("SIXWEEKS_DATABASE_URL", store_url.replace(str(tmp_path), str(place)))
    monkeypatch.setenv("TMPDIR", str(place / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield place
    services.store().close()


@pytest.fixture
def held(here):
    """The id of a dataset to add to."""
    return services.store().save_dataset(SINGLE_USER, from_parts(small_parts(), file="small.xlsx"), name="Small").id


def everywhere(store, place):
    """Every byte that outlives a refusal: of the files beneath a place, and of every row of the database."""
    yield from (path.read_bytes() for path in place.rglob("*") if path.is_file())
    yield from (str(path).encode() for path in place.rglob("*"))
    with store._database.read() as connection:
        for table in METADATA.sorted_tables:
            yield from (told(list(row)).encode() for row in connection.execute(select(table)))
        if connection.dialect.name == "postgresql":
            data = Path(connection.exec_driver_sql("SHOW data_directory").scalar())
            yield from (path.read_bytes() for path in [*data.glob("pg_wal/*"), *data.parent.glob("log")] if path.is_file())


def places_of(value, contents):
    """How many contents hold a value, in either width of letter, as it is or without its spaces."""
    forms = {form.encode(width) for form in (value, value.replace(" ", "")) for width in ("utf-8", "utf-16-le")}
    return sum(any(form in content for form in forms) for content in contents)


def counts(store):
    """How many rows each table has, but the audit."""
    with store._database.read() as connection:
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar() for t in METADATA.sorted_tables if t.name != "audit"}


def by_safe_reading(place, kind, files):
    for name, content in files:
        if kind == "imaging":
            folder = Path(tempfile.mkdtemp())
            found = read_upload(content, name, small_parts().network, folder, now=NOW).findings
            assert list(folder.iterdir()) == [], "nothing of a refused extract stays where it was read"
        else:
            found = read_safely(content, name, SOURCES[kind].task if kind in SOURCES else "dm01").findings
        assert {f.rule for f in found.refusals} == {"people"}, name
        yield found.summary() + found.table().to_csv()


def by_the_page(place, kind, files):
    held = services.store().newest_dataset(SINGLE_USER).id
    draft = uploads.read(SINGLE_USER, held, kind, files, uploads.mapping_of(SINGLE_USER, kind))
    assert {f.rule for f in draft.findings.refusals} >= {"people"}
    with pytest.raises(Refused) as why:
        uploads.accept(SINGLE_USER, draft, kind=kind, name="x", note="", basis="an agreement")
    yield told(draft) + str(why.value)


def by_the_command(place, kind, files):
    folder = place.parent / "sent"
    folder.mkdir(exist_ok=True)
    for name, content in files:
        (folder / name).write_bytes(content)
    command = ["import", "--source", kind, *(["--lawful-basis", "an agreement"] if kind != "returns" else [])]
    assert main([*command, *(str(folder / name) for name, _ in files)]) == 1


KINDS = ("returns", "waiting-list", "imaging")


@pytest.mark.parametrize(
    ("store_url", "way", "kind"),
    [
        ("sqlite", by_safe_reading, "imaging"),
        *(("sqlite", way, kind) for way in (by_the_page, by_the_command) for kind in KINDS),
        ("postgresql", by_the_page, "waiting-list"),
    ],
    indirect=["store_url"],
)
def test_a_refused_file_leaves_nothing_of_a_person_behind(here, held, way, kind, capfd, caplog):
    files = [(name, content) for k, name, content, _ in FILES if k == kind]
    planted = {value for k, _, _, values in FILES if k == kind for value in values}
    before = counts(services.store())
    said = list(way(here, kind, files) or ())
    assert counts(services.store()) == before
    printed = capfd.readouterr()
    contents = [*everywhere(services.store(), here), *(text.encode() for text in (*said, printed.out, printed.err, caplog.text))]
    assert {value: places_of(value, contents) for value in planted} == dict.fromkeys(planted, 0)
    assert places_of("Small", contents) > 0, "what is there is found"


TOKEN = "quagmire-4711"  # noqa: S105 - a pseudonym


def extract_with(token, folder, month):
    """An examination of somebody, stored as the command line stores it."""
    folder.mkdir()
    at = {k: f"{month}{v[7:]}" for k, v in DONE.items() if str(v).startswith("2026-0")}
    (folder / "extract.csv").write_bytes(as_csv(rows(at | {"patient_id": token, "examination_code": f"C {token}"})))
    (folder / "parts").mkdir()
    return read_extract(folder / "extract.csv", small_parts().network, folder / "parts", now=NOW)


def test_a_purged_extract_leaves_nothing_of_its_rows(here, held, tmp_path):
    store = services.store()
    reading = extract_with(TOKEN, tmp_path / "one", "2023-06")
    store.save_imaging(SINGLE_USER, reading)
    store.save_imaging(SINGLE_USER, extract_with("still-here-12", tmp_path / "two", "2026-05"))
    (tmp_path / "list.parquet").write_bytes(reading.parts[0].path.read_bytes())
    pq.write_table(pq.read_table(tmp_path / "list.parquet"), tmp_path / "list.parquet", compression="none")
    store.save_extract(SINGLE_USER, "waiting_list", [("AAA", "2026-05", tmp_path / "list.parquet")], file="w.csv", sha256="1" * 64, parser_version=1)
    assert tokens(store, here) == {TOKEN, "still-here-12"}

    store.purge(SINGLE_USER, datetime.now(UTC) + timedelta(days=29))
    parts = {path.name.partition(".")[0] for path in files(here)}  # with what was made beside them
    assert len(parts) == 2, "the imaging extract of June 2023 is due, the waiting list is not"
    store.purge(SINGLE_USER, datetime.now(UTC) + timedelta(days=31))
    assert tokens(store, here) == {"still-here-12"}
    assert places_of(TOKEN, everywhere(store, here)) == 0

    store.purge(SINGLE_USER, datetime(2029, 6, 1, tzinfo=UTC))
    assert files(here) == []
    assert tokens(store, here) == set()
    again = Store.open(store.url)
    assert [p.purged is not None for e in again.extracts(SINGLE_USER) for p in e.parts] == [True] * 3
    assert again.verify_audit(SINGLE_USER) == []
    again.close()


def files(place):
    """Files of extracts."""
    return [path for path in (place / "home" / "extracts").rglob("*") if path.is_file()]


def tokens(store, place):
    """Pseudonyms in what is stored: unpacked from the files of extracts, whatever they are, and in everything as it lies."""
    texts = [told(path).encode() if path.suffix == ".parquet" else path.read_bytes() for path in files(place)]
    return {token for token in (TOKEN, "still-here-12") if places_of(token, [*texts, *everywhere(store, place)])}
