"""Scenario files: the default world, scaled, with people who do not meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from pools.lab.scenario import load_scenario


def test_the_default_world_has_the_hosts_of_the_handbook() -> None:
    scenario = load_scenario()
    hosts = {host.name: host for host in scenario.hosts}
    assert hosts["trav1"].version == hosts["trav4"].version
    assert hosts["trav1"].pool == hosts["trav2"].pool == "Acme EU"
    assert hosts["trav32"].bits == 32
    assert hosts["trav-old"].version < "8.5.3.100"
    population = hosts["trav4"].population
    assert (population.users, population.devices, population.documents) == (200, 350, 100_000)
    assert [pool.name for pool in scenario.pools] == ["Acme EU", "Acme US"]


@pytest.mark.parametrize("scale", [0.001, 1, 3])
def test_populations_are_scaled_and_kept_apart(scale: float) -> None:
    scenario = load_scenario(scale=scale)
    populations = [pool.population for pool in scenario.pools]
    populations += [host.population for host in scenario.hosts]
    taken: set[int] = set()
    for population in populations:
        people = set(range(population.first_person, population.first_person + population.users))
        assert taken.isdisjoint(people)
        taken |= people
    assert all(population.users == 0 or population.devices > 0 for population in populations)


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('organization = "A"\n[traveler]\n[[hosts]]\nname = "x"\ncolour = "red"\n')
    with pytest.raises(TypeError, match="colour"):
        load_scenario(file)
