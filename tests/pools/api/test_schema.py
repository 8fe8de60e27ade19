from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests.factories import UserFactory


def test_the_schema_is_valid_and_has_no_warning(tmp_path: Path) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    schema = target.read_text()
    assert "/api/v1/lookup/" in schema
    kit = schema.partition("/api/v1/databases/{id}/schema-kit/:")[2].partition("\n  /api/")[0]
    assert "application/zip:" in kit
    assert "name: territory" in kit
    secret = {
        (name, field): shape.get("writeOnly", False)
        for name, component in yaml.safe_load(schema)["components"]["schemas"].items()
        for field, shape in component.get("properties", {}).items()
        if "password" in field and field != "password_passing"
    }
    assert secret
    assert all(secret.values()), secret


@pytest.mark.django_db
def test_the_browsable_page_takes_nothing_from_outside_and_runs_no_inline_script() -> None:
    client = Client()
    client.force_login(UserFactory())
    page = client.get("/api/v1/docs/")
    script = client.get("/api/v1/docs/?script=")

    html = page.content.decode()
    assert page.status_code == script.status_code == 200
    assert "http://" not in html.replace("http://testserver", "")
    assert "https://" not in html
    assert "<script>" not in html
    assert "<style" not in html
    assert 'href="/"' in html
    assert "SwaggerUIBundle" in script.content.decode()
    assert "script" in script["Content-Type"]


def test_a_browser_without_a_session_is_sent_to_sign_in() -> None:
    response = Client().get("/api/v1/docs/", headers={"Accept": "text/html,*/*;q=0.8"})

    assert response.status_code == 302
    assert response["Location"] == "/accounts/sign-in/?next=/api/v1/docs/"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/docs/", {}),
        ("/api/v1/docs/", {"Accept": "text/html", "Authorization": "Token no-token-of-ours"}),
        ("/api/v1/schema/", {"Accept": "text/html,*/*;q=0.8"}),
    ],
)
@pytest.mark.django_db
def test_any_other_client_is_refused_in_the_api_s_own_way(
    path: str, headers: dict[str, str]
) -> None:
    assert Client().get(path, headers=headers).status_code == 401
