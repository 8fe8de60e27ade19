from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.presentation.spark import HEIGHT, WIDTH, draw_spark

rates = st.lists(st.integers(min_value=0, max_value=10**9), max_size=200)


@given(rates)
def test_the_line_stays_inside_its_box(values: list[int]) -> None:
    spark = draw_spark(values)
    if len(values) < 2:
        assert spark is None
        return
    assert spark is not None
    points = re.findall(r"([\d.]+) ([\d.]+)", spark.line)
    assert 2 <= len(points) <= min(60, len(values))
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)


def test_a_rate_of_nothing_is_a_flat_line_at_the_bottom() -> None:
    spark = draw_spark([0, 0, 0])
    assert spark is not None
    assert {y for _, y in re.findall(r"([\d.]+) ([\d.]+)", spark.line)} == {"34.0"}
