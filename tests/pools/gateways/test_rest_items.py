from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.rest_items import (
    DeviceItem,
    integer,
    link,
    moment,
    read_device,
    read_server,
    read_user,
    text,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
DEVICE_FIELDS = st.sampled_from(list(DeviceItem.__dataclass_fields__))


@given(st.dictionaries(DEVICE_FIELDS | st.text(), JSON))
def test_any_item_with_its_keys_is_read(item: dict[str, object]) -> None:
    named = item | {"username": "CN=Ada/O=Acme", "deviceid": 7, "domino_name": "CN=trav1/O=Acme"}
    assert read_user(named).username == "CN=Ada/O=Acme"
    assert read_device(named).deviceid == "7"
    assert read_server(named).domino_name == "CN=trav1/O=Acme"


@pytest.mark.parametrize("item", [{}, {"username": None}, {"username": " ", "deviceid": "x"}])
def test_an_item_without_its_key_is_refused(item: dict[str, object]) -> None:
    for read in (read_server, read_user, read_device):
        with pytest.raises(KeyError):
            read(item)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001
def test_epoch_milliseconds_become_aware_times(naive: datetime) -> None:
    expected = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    milliseconds = round(expected.timestamp()) * 1000 if not expected.microsecond else None
    if milliseconds is not None:
        assert moment(milliseconds) == moment(str(milliseconds)) == expected


def test_no_time_is_no_time() -> None:
    assert moment(0) is moment(None) is moment("") is moment(10**30) is None


def test_text_is_what_a_database_can_keep() -> None:
    assert text(json.loads('["a\\u0000b", "\\ud800", "\\ud83d\\ude00"]')) == "ab, ?, \U0001f600"


def test_numbers_come_as_numbers_or_text() -> None:
    assert integer("41") == integer(41) == integer(41.0) == 41
    assert integer(None) is integer("x") is integer(float("nan")) is integer([1]) is None
    assert integer(True) is None


def test_escaped_slashes_are_slashes() -> None:
    assert link(r"\/api\/traveler") == "/api/traveler"


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, "99999999999999999999", 1e300])
def test_numbers_that_no_column_holds_are_not_known(number: object) -> None:
    item = read_server(
        {"domino_name": "CN=a/O=b", "availability_index": number, "number_of_users": -5}
    )
    assert item.availability_index is None
    assert item.number_of_users is None
