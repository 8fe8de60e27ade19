"""How a part of the console that the pools know nothing of takes part in them.

It registers an Extension when it is loaded (`AppConfig.ready`); the pools ask each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import models

    from console.accounts.permissions import Access
    from pools.domain.attention import AttentionReport


class Extension:
    """Answers for one part of the console; what it has nothing to say to stays as it is here."""

    def refuse_change(self, row: models.Model, changed: Collection[str]) -> None:
        """Raise the ServiceError that says who depends on the row, and what to do first.

        Asked before a change, with the row as it will be and the names of the fields that differ.
        """

    def report_attention(self, access: Access) -> AttentionReport | None:
        """What needs a person, as far as this one may see it; on the pages of all who see pools."""
        return None


_EXTENSIONS: list[Extension] = []


def register(extension: Extension) -> None:
    """Have it asked from now on; a second of its class takes the first one's place."""
    _EXTENSIONS[:] = [each for each in _EXTENSIONS if type(each) is not type(extension)]
    _EXTENSIONS.append(extension)


def refuse_change(row: models.Model, changed: Collection[str]) -> None:
    """Raises the ServiceError of the first extension that refuses."""
    for extension in _EXTENSIONS:
        extension.refuse_change(row, changed)


def attention_reports(access: Access) -> Iterator[AttentionReport]:
    """Of all extensions that have something to report."""
    for extension in _EXTENSIONS:
        report = extension.report_attention(access)
        if report is not None:
            yield report
