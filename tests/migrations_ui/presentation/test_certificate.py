"""What a migration proves, in a sentence that may be shown to others."""

from __future__ import annotations

from migrations_ui.presentation.certificate import Certificate, certify


def certificate(
    *, rows: int = 1200, rejected: int = 0, differ: int | None = 0, is_settled: bool = True
) -> Certificate:
    return certify(
        server="trav4",
        pool="Acme EU",
        rows=rows,
        rejected=rejected,
        differ=differ,
        is_settled=is_settled,
    )


def test_all_rows_are_in_and_none_differs() -> None:
    proved = certificate()
    assert proved.tone == "good"
    assert proved.proof.startswith("1,200 rows of trav4 in, 1,200 rows out.")
    assert proved.proof.endswith("0 differ.")


def test_rejected_rows_are_no_full_proof() -> None:
    proved = certificate(rejected=3)
    assert proved.tone == "warn"
    assert "1,197 out and 3 rejected" in proved.proof


def test_a_row_that_differs_is_said_before_anything_else() -> None:
    proved = certificate(rejected=3, differ=2)
    assert proved.tone == "bad"
    assert proved.proof.startswith("2 of 1,200 rows of trav4 are not equal")


def test_what_was_not_compared_or_not_settled_is_not_proved() -> None:
    for proved in (certificate(differ=None), certificate(is_settled=False)):
        assert proved == Certificate("warn", "trav4 is in Acme EU. Its rows were not compared.")
