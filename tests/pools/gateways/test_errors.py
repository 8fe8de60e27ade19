from __future__ import annotations

import copy
import inspect

import pytest

from pools.gateways import errors

KINDS = [
    kind
    for _name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.GatewayError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_happened_and_where(kind: type[errors.GatewayError]) -> None:
    error = kind(host="trav1:22")
    assert str(error).startswith("trav1:22: ")
    assert error.message == (kind.__doc__ or "").partition("\n")[0]
    assert error.default_remedy in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_can_be_rebuilt_from_its_parts(kind: type[errors.GatewayError]) -> None:
    error = copy.copy(kind("Broken.", host="trav1", remedy="Mend it."))
    assert (str(error), type(error)) == ("trav1: Broken. Mend it.", kind)
