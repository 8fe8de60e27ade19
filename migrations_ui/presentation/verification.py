"""What a table's last comparison is called, and its shape."""

from __future__ import annotations

from typing import NamedTuple

from migrations_ui.models import TableTransfer
from migrations_ui.presentation.shapes import VERIFICATION_SHAPES
from migrations_ui.states import TableVerification


class VerificationWord(NamedTuple):
    """Shape and word of a table's comparison."""

    tone: str
    word: str


def verification_word(table: TableTransfer) -> VerificationWord:
    """A proof of before the cut-over stays one, and says that it is of before."""
    verification = TableVerification(table.verification)
    if verification is TableVerification.EQUAL and table.stale_since:
        return VerificationWord("unknown", "stale, verified")
    word = verification.label
    if verification is TableVerification.DIFFERENT and table.mismatches:
        word = f"{table.mismatches:,} differ"
    if table.verified_before_cutover:
        word = f"{word} before cut-over"
    return VerificationWord(VERIFICATION_SHAPES[verification], word)
