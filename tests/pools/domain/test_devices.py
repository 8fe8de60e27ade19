from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.devices import (
    access_words,
    approval_words,
    compliance_words,
    notification_words,
    read_device_type,
)


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        ("Apple-iPhone7C1/1607.77", "iPhone (iPhone7,1), iOS 12 (build 16G77)"),
        ("Apple-iPad4C2/1002.329", "iPad (iPad4,2), iOS 6 (build 10B329)"),
        ("Apple-iPhone17C1/2301.355", "iPhone (iPhone17,1), build 23A355"),
        ("Apple-iPhone", "iPhone"),
        ("Apple-iPhone7C1/1699.1", "iPhone (iPhone7,1)"),
        ("SAMSUNG SM-G991B", "SAMSUNG SM-G991B"),
        ("", "unknown device"),
    ],
)
def test_raw_types_become_readable_as_far_as_they_are_understood(reported: str, shown: str) -> None:
    assert str(read_device_type(reported)) == shown


def test_the_provider_names_other_makers_devices() -> None:
    model = read_device_type("Android", "Pixel 9")
    assert (model.name, model.system, model.reported) == ("Pixel 9", "", "Android")


def test_codes_become_words_and_unknown_codes_stay_codes() -> None:
    assert access_words(1) == "denied"
    assert approval_words(4) == "approved automatically"
    assert compliance_words(4) == "compliant"
    assert notification_words(8) == "ActiveSync"
    assert access_words(77) == "code 77"
    assert approval_words(None) == "not known"


@given(st.text(), st.text())
def test_any_type_is_shown_as_something(reported: str, provider: str) -> None:
    assert str(read_device_type(reported, provider))
