"""Configure: what `db show` prints after `db set` has to be the address that was set."""

from __future__ import annotations

import pytest

from migrations_ui.steps.configure import require_address
from migrations_ui.steps.errors import StepFailed

OURS = "jdbc:postgresql://db.acme.example:5432/traveler"


def test_the_same_address_may_be_spelled_otherwise() -> None:
    require_address("JDBC:postgresql://DB.acme.example/traveler", OURS)


def test_another_address_is_shown_without_its_password() -> None:
    with pytest.raises(StepFailed, match="is set to jdbc:postgresql://old:5432/t, not to") as told:
        require_address("jdbc:postgresql://old/t?password=hidden", OURS)
    assert "hidden" not in str(told.value)


def test_what_is_no_address_is_not_repeated() -> None:
    with pytest.raises(StepFailed, match="does not show jdbc:postgresql:") as told:
        require_address("oracle:hidden", OURS)
    assert "hidden" not in str(told.value)
