from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.notes_ini import parse, read_auto_schema

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
