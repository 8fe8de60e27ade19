"""Generated people: the same from the same seed, fitting their columns, apart from each other."""

from __future__ import annotations

from typing import Any

from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from pools.lab.people import People, device_identities, user_name
from pools.lab.scenario import Population
from pools.store.models import Attachment, Device, DocState, Setting, StoreUser

Tables = dict[type[models.Model], list[tuple[Any, ...]]]


def generate(population: Population, seed: int = 1) -> Tables:
    people = People(population, organization="Acme", seed=seed, settings_owner="CN=trav4/O=Acme")
    return {model: list(rows) for model, rows in people.tables()}


SOME = Population(users=12, devices=200, documents=3000, first_person=5)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert generate(SOME) == generate(SOME)
    assert generate(SOME) != generate(SOME, seed=2)


def test_sizes_are_as_asked() -> None:
    tables = generate(SOME)
    assert len(tables[StoreUser]) == SOME.users
    assert len(tables[Device]) == SOME.devices
    assert len(tables[DocState]) == SOME.documents


@settings(max_examples=20, deadline=None)
@given(
    st.builds(
        Population,
        users=st.integers(1, 30),
        devices=st.integers(1, 120),
        documents=st.integers(0, 1500),
        first_person=st.integers(0, 3000),
    ),
    st.integers(0, 5),
)
def test_every_row_fits_its_table(population: Population, seed: int) -> None:
    for model, rows in generate(population, seed).items():
        fields = list(model._meta.concrete_fields)
        key = [fields.index(field) for field in model._meta.pk_fields]
        for row in rows:
            assert len(row) == len(fields)
            for field, value in zip(fields, row, strict=True):
                _check(field, value)
        assert len({tuple(row[place] for place in key) for row in rows}) == len(rows), model


def _check(field: models.Field[Any, Any], value: object) -> None:
    if value is None:
        assert field.null, field
    elif isinstance(value, str):
        assert "\0" not in value
        assert field.max_length is None or len(value) <= field.max_length, field
    elif isinstance(value, bytes):
        assert field.max_length is None or len(value) <= field.max_length, field


def test_awkward_values_are_there() -> None:
    tables = generate(Population(users=60, devices=100, documents=12_000))
    subjects = {row[4] for row in tables[DocState]}
    assert {None, "", "ß" * 254} <= subjects
    contents = {row[6] for row in tables[Attachment]}
    assert {None, b""} <= contents
    assert any(len(row[4] or "") > 200 for row in tables[StoreUser])
    assert {None, ""} <= {row[2] for row in tables[Setting]}


def test_two_populations_do_not_meet() -> None:
    pool = generate(Population(users=40, devices=60))
    joining = generate(Population(users=40, devices=60, first_person=40))
    for model in (StoreUser, Device, Setting):
        pool_keys = {row[:2] for row in pool[model] if row[0] != "CN=trav4/O=Acme"}
        assert pool_keys.isdisjoint({row[:2] for row in joining[model]})


@given(st.lists(st.integers(0, 5000), unique=True, max_size=50))
def test_every_person_has_a_name_of_their_own(people: list[int]) -> None:
    assert len({user_name(person, "Acme") for person in people}) == len(people)


def test_a_device_knows_the_anchor_that_the_store_has() -> None:
    stored = {row[1]: row[16] for row in generate(SOME)[Device]}
    known = {device.device_id: device.anchor for device in device_identities(SOME, "Acme", 1)}
    assert known == stored
