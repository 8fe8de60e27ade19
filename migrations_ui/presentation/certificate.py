"""What a finished migration proves, in one sentence for somebody who was not there. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certificate:
    """`proof` says how many rows came through and what was found when they were compared."""

    tone: str
    proof: str


def certify(
    *, server: str, pool: str, rows: int, rejected: int, differ: int | None, is_settled: bool
) -> Certificate:
    """`differ`: rows found unequal by the last comparison, None where there was none.

    `is_settled`: each row of the server is accounted for, as copied, kept or rejected.
    """
    if differ is None or not is_settled:
        return Certificate("warn", f"{server} is in {pool}. Its rows were not compared.")
    if differ:
        return Certificate(
            "bad",
            f"{differ:,} of {rows:,} rows of {server} are not equal in the database of {pool}.",
        )
    if rejected:
        return Certificate(
            "warn",
            f"{rows:,} rows of {server} in, {rows - rejected:,} out and {rejected:,} rejected, "
            "each with its reason. All others were read back from the database of "
            f"{pool}: 0 differ.",
        )
    return Certificate(
        "good",
        f"{rows:,} rows of {server} in, {rows:,} rows out. Each was read back from the database of "
        f"{pool} and compared with its original: 0 differ.",
    )
