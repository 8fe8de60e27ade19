"""The administration API in the vendor's envelope, and who may read it (domain.md 3.1)."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.lab_fixture import RunningLab


def get(lab: RunningLab, path: str, host: str = "trav1") -> httpx.Response:
    return httpx.get(lab.host(host).base_url + path, auth=lab.administrator, timeout=20)


def test_a_page_has_the_envelope(pool_lab: RunningLab) -> None:
    response = get(pool_lab, "/api/traveler/devices")
    envelope = response.json()
    assert envelope["code"] == 200
    assert int(envelope["totalRecords"]) >= 50
    assert len(envelope["data"]) == 10
    assert envelope["next"] == "/api/traveler/devices?page=2&pm=1"
    assert r"\/api\/traveler\/devices?page=2" in response.text


@pytest.mark.parametrize("multiplier", [1, 3, 100])
def test_following_next_lists_everything_once(pool_lab: RunningLab, multiplier: int) -> None:
    path: str | None = f"/api/traveler/devices?pm={multiplier}"
    seen, total = [], 0
    while path:
        envelope = get(pool_lab, path).json()
        total = int(envelope["totalRecords"])
        seen += [(item["username"], item["deviceid"]) for item in envelope["data"]]
        path = envelope.get("next")
    assert len(seen) == len(set(seen)) == total


def test_the_fifth_page_of_four_is_empty(pool_lab: RunningLab) -> None:
    envelope = get(pool_lab, "/api/traveler/users?page=5").json()
    assert envelope["data"] == []
    assert "next" not in envelope


@pytest.mark.parametrize("noun", ["users", "devices", "servers"])
def test_the_address_of_an_item_gives_the_item(pool_lab: RunningLab, noun: str) -> None:
    for item in get(pool_lab, f"/api/traveler/{noun}").json()["data"][:3]:
        detail = get(pool_lab, item["href"]).json()["data"]
        moving = {"heart_beat", "number_of_users", "availability_index"}
        assert {name: detail[name] for name in detail.keys() - moving} == {
            name: item[name] for name in item.keys() - moving
        }


def test_an_unknown_item_is_not_found(pool_lab: RunningLab) -> None:
    assert get(pool_lab, "/api/traveler/users/CN%3DNobody").status_code == 404


def test_a_page_that_is_no_number_is_refused(pool_lab: RunningLab) -> None:
    assert get(pool_lab, "/api/traveler/users?page=two").status_code == 400


def test_servers_have_the_fields_of_the_servers_view(pool_lab: RunningLab) -> None:
    servers = get(pool_lab, "/api/traveler/servers").json()["data"]
    assert [server["domino_name"] for server in servers] == ["CN=trav1/O=Acme", "CN=trav2/O=Acme"]
    for server in servers:
        assert abs(server["heart_beat"] / 1000 - time.time()) < 60
        assert server["availability_index"] in range(101)
        assert server["server_status"] == "Available"
        assert server["port"] == pool_lab.host(server["hostname"].partition(".")[0]).http_port


def test_a_standalone_server_lists_itself(standalone_lab: RunningLab) -> None:
    servers = get(standalone_lab, "/api/traveler/servers", "trav32").json()["data"]
    assert [server["domino_name"] for server in servers] == ["CN=trav32/O=Acme"]
    assert servers[0]["number_of_users"] == 20


def test_who_is_not_known_is_asked_for_a_password(pool_lab: RunningLab) -> None:
    response = httpx.get(pool_lab.host("trav1").base_url + "/api/traveler/users")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")


def test_a_user_without_the_administrator_role_is_refused(pool_lab: RunningLab) -> None:
    user = ("joe", pool_lab.directory.accounts.device_password)
    response = httpx.get(pool_lab.host("trav1").base_url + "/api/traveler/users", auth=user)
    assert response.status_code == 403


def test_the_page_for_devices_says_that_the_server_is_available(pool_lab: RunningLab) -> None:
    user = ("joe", pool_lab.directory.accounts.device_password)
    for path in ("/traveler", "/servlet/traveler"):
        assert httpx.get(pool_lab.host("trav1").base_url + path).status_code == 401
        response = httpx.get(pool_lab.host("trav1").base_url + path, auth=user)
        assert response.text == "Traveler server is available"
