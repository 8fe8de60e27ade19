"""Command profiles on screen."""

from __future__ import annotations

import pytest
from django.test import Client

from pools.gateways.profiles import PROFILES, START_SCRIPT
from pools.models import CommandProfile
from tests.factories import CommandProfileFactory


def test_a_new_profile_can_start_from_each_kind_of_host(administrator: Client) -> None:
    for key, kind in PROFILES.items():
        page = administrator.get(f"/profiles/add/?like={key}")

        assert f'<a href="?like={key}" aria-current="true">{kind.name}</a>' in page.content.decode()
        administrator.post(f"/profiles/add/?like={key}", page.context["form"].initial)
        assert CommandProfile.objects.get(name=kind.name).host_profile() == kind


def test_an_unknown_kind_starts_from_the_defaults(administrator: Client) -> None:
    form = administrator.get("/profiles/add/?like=nonsense").context["form"]

    assert form["name"].value() is None
    assert form["start_server"].value() == START_SCRIPT.start_server


def test_a_profile_is_changed(administrator: Client) -> None:
    profile = CommandProfileFactory(name="Linux")
    page = administrator.get(f"/profiles/{profile.pk}/")
    data = {**page.context["form"].initial, "data_directory": "/srv/notesdata"}

    administrator.post(f"/profiles/{profile.pk}/", data)

    assert CommandProfile.objects.get().data_directory == "/srv/notesdata"


def test_a_probe_request_is_a_method_and_a_path(administrator: Client) -> None:
    profile = CommandProfileFactory(name="Linux")
    page = administrator.get(f"/profiles/{profile.pk}/")
    data = {**page.context["form"].initial, "probe_request": "/sync?u={user}&d={device}"}

    refused = administrator.post(f"/profiles/{profile.pk}/", data)
    administrator.post(
        f"/profiles/{profile.pk}/", {**data, "probe_request": "POST /sync?u={user}&d={device}"}
    )

    assert "Enter a method and a path" in refused.content.decode()
    assert CommandProfile.objects.get().probe_request == "POST /sync?u={user}&d={device}"


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(unclosed", "This is no regular expression"),
        (r"(?P<rows>\d+) rows", "The name rows means nothing here"),
        (r"(?<!\d)rows", "look-behind, back-references"),
        (r"(a+)\1+", "look-behind, back-references"),
        ("(?:.{999}){9}", "very large counts"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(
    administrator: Client, pattern: str, complaint: str
) -> None:
    profile = CommandProfileFactory(name="Linux")
    page = administrator.get(f"/profiles/{profile.pk}/")
    assert "the default is ours" in page.content.decode()
    data = {**page.context["form"].initial, "transfer_progress": pattern}

    refused = administrator.post(f"/profiles/{profile.pk}/", data)
    assert complaint in refused.content.decode()
    assert refused.context["form"]["transfer_progress"].value() == pattern

    ours = r"(?P<percent>\d{1,3}) done"
    administrator.post(f"/profiles/{profile.pk}/", {**data, "transfer_progress": ours})
    assert CommandProfile.objects.get().transfer_progress == ours


def test_a_slip_in_a_placeholder_is_named(administrator: Client) -> None:
    profile = CommandProfileFactory(name="Linux")
    page = administrator.get(f"/profiles/{profile.pk}/")
    data = {**page.context["form"].initial, "notes_ini": "{daat}/notes.ini"}

    response = administrator.post(f"/profiles/{profile.pk}/", data)

    assert "{daat} means nothing here" in response.content.decode()


def test_the_fields_of_patterns_say_their_syntax(administrator: Client) -> None:
    fields = administrator.get("/profiles/add/").context["form"].fields
    for name in ("transfer_progress", "transfer_end", "transfer_failure"):
        assert "RE2 syntax" in fields[name].help_text
        assert r"\w, \d and \b know ASCII only" in fields[name].help_text
