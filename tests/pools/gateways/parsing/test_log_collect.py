from __future__ import annotations

import pytest

from pools.gateways.parsing.log_collect import archive_path


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("The logs have been collected in /data/logs-1.zip.", "/data/logs-1.zip"),
        ("Created: C:\\Domino\\Data\\traveler\\logs.zip", "C:\\Domino\\Data\\traveler\\logs.zip"),
        ('Wrote "/notes data/x y.ZIP", done', "/notes data/x y.ZIP"),
        ("/a/b.zip", "/a/b.zip"),
        ("see logs.zip", None),
        ("/a/b.zip.tmp is being written", None),
        ("nothing", None),
    ],
)
def test_the_archive_is_found_in_any_sentence(line: str, path: str | None) -> None:
    assert archive_path(["first", line]) == path


def test_the_last_one_counts() -> None:
    assert archive_path(["/a/old.zip is removed", "/a/new.zip is written"]) == "/a/new.zip"
