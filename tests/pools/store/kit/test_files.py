"""The files of a kit: the right ones, in order, and nothing typed breaks out of its place."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.databases.engines import ENGINES
from pools.databases.kit_order import NewDatabase, StoreLevel
from pools.databases.quoting import in_comment
from pools.store.kit.files import kit_files, zipped
from pools.store.kit.next_file import UnknownLevelFound, next_file
from pools.store.levels import written_levels
from pools.store.schema import REQUIRED_LEVEL
from tests.pools.store.kit.golden_files import golden_file, kit_text
from tests.pools.store.kit.orders import order

engines = pytest.mark.parametrize("engine", ENGINES)
TWO_LEVELS = (StoreLevel("0001_initial", "FIRST;\n"), StoreLevel("0002_remark", "SECOND;\n"))


@engines
def test_the_kit_is_what_was_read_and_found_right(engine: str) -> None:
    assert kit_text(engine) == golden_file(engine).read_text(encoding="utf-8")


@engines
def test_every_engine_has_a_kit_from_its_files_alone(engine: str) -> None:
    files = {file.name: file.text for file in kit_files(order(engine))}
    assert list(files) == [
        "1-create-database.sql",
        "2-create-tables.sql",
        "4-grants.sql",
        "5-verify.sql",
        "README.txt",
    ]
    assert all(level.sql in files["2-create-tables.sql"] for level in written_levels(engine))


@engines
def test_an_upgrade_is_there_only_when_there_is_one(engine: str) -> None:
    behind = kit_files(order(engine, levels=TWO_LEVELS, level_found="0001_initial"))
    upgrade = next(file for file in behind if file.name.startswith("3-"))
    assert "SECOND;" in upgrade.text
    assert "FIRST;" not in upgrade.text
    for level in ("", "0002_remark"):
        files = kit_files(order(engine, levels=TWO_LEVELS, level_found=level))
        assert not any(file.name.startswith("3-") for file in files)


@engines
def test_the_readme_has_the_digest_of_every_file(engine: str) -> None:
    *files, readme = kit_files(order(engine))
    assert all(f"{file.sha256}  {file.name}" in readme.text for file in files)


def test_a_zip_has_the_same_bytes_each_time() -> None:
    files = kit_files(order("db2"))
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            file.name: file.data for file in files
        }
    assert zipped(files) == zipped(kit_files(order("db2")))


@engines
def test_a_name_typed_wrong_is_distinguished_in_the_readme(engine: str) -> None:
    readme = kit_files(order(engine, new={"name": "OTHER"}))[-1].text
    assert "opens a database called TRAVELER, and these files are for OTHER" in readme.replace(
        "\n", " "
    )


def test_the_file_to_run_follows_from_the_level_found() -> None:
    names = [level.name for level in TWO_LEVELS]
    assert next_file(names, "") == "2-create-tables.sql"
    assert next_file(names, "0001_initial") == "3-upgrade-tables-from-0001_initial.sql"
    assert next_file(names, "0002_remark") == ""
    with pytest.raises(UnknownLevelFound, match="0009_later, which this console does not know"):
        next_file(names, "0009_later")


# Longer names are refused by the form; what it lets through is anything on one line.
TYPED = st.text(
    st.characters(categories=("L", "N", "P", "S")) | st.just(" "), min_size=1, max_size=20
)


@engines
@given(typed=TYPED, pool=st.text(max_size=40))
def test_nothing_typed_ends_its_name_or_its_comment(engine: str, typed: str, pool: str) -> None:
    """Each line of the hostile kit is a line of the calm one, but for the words themselves."""
    calm = kit_files(order(engine, pool="P", traveler_login="Q", console_login="Q"))
    wild = kit_files(order(engine, pool=pool, traveler_login=typed, console_login=typed))
    for first, second in zip(calm[:-1], wild[:-1], strict=True):
        ours, theirs = first.text.split("\n"), second.text.split("\n")
        assert len(ours) == len(theirs)
        assert [line[:2] for line in ours] == [line[:2] for line in theirs]


@engines
@given(text=st.text())
def test_what_a_form_lets_through_can_be_written(engine: str, text: str) -> None:
    dialect = ENGINES[engine].kit
    requested = {
        field: text for field, rule in dialect.rules.items() if not rule.complaint(text) and text
    }
    if "territory" not in requested:
        requested["territory"] = "US"
    requested.setdefault("name", "TRAVELER")
    assert dialect.complaints(NewDatabase(**requested)) == {}
    assert kit_files(order(engine, new=requested))


@given(st.text())
def test_a_comment_stays_on_its_line(text: str) -> None:
    assert len(in_comment(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("engine", "field", "typed"),
    [
        ("db2", "name", "TRAVELERS"),
        ("db2", "name", "1TRAV"),
        ("db2", "name", "TR;AV"),
        ("db2", "name", ""),
        ("db2", "path", "/db2; DROP DATABASE X"),
        ("db2", "path", "relative"),
        ("db2", "alias", "TRAV ELER"),
        ("db2", "comment", 'a " quote'),
        ("db2", "comment", "x" * 31),
        ("db2", "territory", "USA"),
        ("db2", "territory", ""),
        ("mysql", "name", "a/b"),
        ("mysql", "name", " "),
        ("mysql", "name", "ends "),
        ("postgresql", "name", "x" * 64),
        ("postgresql", "name", "line\nbreak"),
        ("sqlserver", "path", "D:\\Data'; DROP"),
        ("sqlserver", "name", "nul\0"),
    ],
)
def test_what_an_engine_cannot_take_is_refused_in_words(
    engine: str, field: str, typed: str
) -> None:
    requested = {"name": "TRAVELER", "territory": "US"} | {field: typed}
    assert list(ENGINES[engine].kit.complaints(NewDatabase(**requested))) == [field]


def test_the_level_needed_is_that_of_the_store() -> None:
    assert order("db2").level_needed == REQUIRED_LEVEL
