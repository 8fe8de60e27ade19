"""Which commits become samples, and what the samples tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from migrations_ui.progress.samples import Sample, Sampler, interval_rates, time_at_rest

START = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_stretch_begins_with_its_first_table_and_not_with_its_second() -> None:
    sampler = Sampler()
    sampler.begin(at(0), 500)
    sampler.begin(at(5), 800)
    assert sampler.taken == [Sample(at(0), 500, resumes=True)]


def test_commits_close_upon_each_other_are_one_sample() -> None:
    sampler = Sampler()
    sampler.begin(at(0), 0)
    for number in range(1, 11):
        sampler.committed(at(number * 0.06), number)
    assert [sample.rows for sample in sampler.taken] == [0, 2, 4, 6, 8, 10]


def test_samples_grow_rarer_so_that_a_long_copy_has_some_hundreds() -> None:
    sampler = Sampler()
    sampler.begin(at(0), 0)
    for second in range(1, 12 * 3600, 2):
        sampler.committed(at(second), second)
    assert 500 < len(sampler.taken) < 2_000


def test_a_rest_is_no_slow_interval() -> None:
    run = [Sample(at(0), 0, resumes=True), Sample(at(1), 100)]
    run += [Sample(at(601), 100, resumes=True), Sample(at(602), 200)]
    assert interval_rates(run) == [100, 100]
    assert time_at_rest(run) == timedelta(seconds=600)
