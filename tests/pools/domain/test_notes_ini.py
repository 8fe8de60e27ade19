from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.notes_ini import (
    AUTO_SCHEMA_SPELLINGS,
    documented_spelling,
    lint_auto_schema,
    long_values,
    parse,
    read_auto_schema,
)

EXAMPLE = """\ufeff[Notes]
KitType=2
Directory=/local/notesdata
; a remark = not a parameter
NTS_JAVA_PARMS=-Xmx1g -Da=b

nts_auto_dbschema=FALSE
"""


def test_parameters_are_found_whatever_their_case() -> None:
    ini = parse(EXAMPLE)
    assert ini.get("directory") == "/local/notesdata"
    assert ini.get("NTS_JAVA_PARMS") == "-Xmx1g -Da=b"
    assert ini.get("missing") is None
    assert ini.entries[0][0] == "KitType"


@pytest.mark.parametrize(
    ("text", "automatic", "remarks"),
    [
        ("", True, 0),
        ("NTS_AUTO_DBSCHEMA=false", False, 0),
        ("NTS_AUTO_DBSCHEMA=true", True, 0),
        ("NTS_AUTO_DB_SCHEMA=false", False, 1),
        ("NTS_AUTO_DB_SCHEMA=false\nNTS_AUTO_DBSCHEMA=false", False, 0),
        ("NTS_AUTO_DB_SCHEMA=false\nNTS_AUTO_DBSCHEMA=true", None, 1),
        ("NTS_AUTO_DBSCHEMA=maybe", None, 1),
    ],
)
def test_both_spellings_are_looked_at(text: str, automatic: bool | None, remarks: int) -> None:
    setting = read_auto_schema(parse(text))
    assert setting.automatic is automatic
    assert len(setting.remarks) == remarks


@pytest.mark.parametrize(
    ("version", "spelling"),
    [
        ("8.5.3.100", "NTS_AUTO_DB_SCHEMA"),
        ("8.5.3 Build 20120613_2102", "NTS_AUTO_DB_SCHEMA"),
        ("9.0.1.21", "NTS_AUTO_DBSCHEMA"),
        ("14.5.1", "NTS_AUTO_DBSCHEMA"),
        ("", "NTS_AUTO_DBSCHEMA"),
    ],
)
def test_each_source_is_taken_at_its_word_for_its_release(version: str, spelling: str) -> None:
    assert documented_spelling(version) == spelling


def test_the_profile_decides_which_spelling_counts() -> None:
    setting = read_auto_schema(parse("NTS_AUTO_DB_SCHEMA=false"), parameter="NTS_AUTO_DB_SCHEMA")
    assert (setting.automatic, setting.remarks) == (False, ())


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    read_auto_schema(parse(text))


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True),
        st.from_regex(r"[!-~]{0,30}", fullmatch=True),
    )
)
def test_written_parameters_are_read_back(parameters: dict[str, str]) -> None:
    text = "".join(f"{name}={value}\r\n" for name, value in parameters.items())
    assert dict(parse(text).entries) == parameters


VALUES = st.sampled_from(["true", "false", "FALSE", "0", "maybe", "", "x" * 300])
LINES = st.lists(
    st.tuples(st.sampled_from([*AUTO_SCHEMA_SPELLINGS, "nts_auto_dbschema"]), VALUES), max_size=5
)


@given(lines=LINES, automatic=st.booleans(), parameter=st.sampled_from(AUTO_SCHEMA_SPELLINGS))
def test_who_does_what_the_lint_says_has_a_file_in_order(
    lines: list[tuple[str, str]], automatic: bool, parameter: str
) -> None:
    text = [f"{name}={value}" for name, value in lines]
    lint = lint_auto_schema(parse("\n".join(text)), parameter=parameter, automatic=automatic)
    for line in lint.take_out:
        # The last of several equal lines: the first one stays.
        del text[len(text) - 1 - text[::-1].index(line)]
    mended = "\n".join([*text, lint.write])

    again = lint_auto_schema(parse(mended), parameter=parameter, automatic=automatic)

    assert again.obeyed is automatic
    assert (again.write, again.take_out) == ("", ())
    assert not any("contradict" in problem or "once" in problem for problem in again.problems)


@given(st.text())
def test_any_text_is_linted(text: str) -> None:
    lint_auto_schema(parse(text), automatic=False)
    long_values(parse(text))


@pytest.mark.parametrize("automatic", [True, False])
def test_the_line_that_the_vendor_documents_is_enough(automatic: bool) -> None:
    ini = parse("" if automatic else "NTS_AUTO_DBSCHEMA=false")
    lint = lint_auto_schema(ini, automatic=automatic)
    assert (lint.obeyed, lint.problems, lint.write, lint.take_out) == (automatic, (), "", ())


def test_only_travelers_own_parameters_are_measured() -> None:
    ini = parse(f"NTS_A={'x' * 256}\nNTS_B={'x' * 257}\nOther={'x' * 999}")
    assert long_values(ini) == ("NTS_B",)


def test_a_line_ends_at_cr_and_lf_only() -> None:
    """Case 13: a parameter was read out of a title."""
    text = (
        "[Notes]\r\nTitle=Caf\u0085NTS_AUTO_DBSCHEMA=false\r\n"
        "Other=a\x0bNTS_AUTO_DBSCHEMA=false\u2028NTS_AUTO_DBSCHEMA=false\r\n"
    )
    ini = parse(text)
    assert ini.get("NTS_AUTO_DBSCHEMA") is None
    assert [name for name, _value in ini.entries] == ["Title", "Other"]
