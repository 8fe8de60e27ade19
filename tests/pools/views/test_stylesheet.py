"""The stylesheet: readable in both themes, and small."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

ENOUGH = 4.5
AT_MOST = 25_000
THEMES = ("light", "dark")

# Every pair of ink and paper that the components put together.
INKS_ON_SURFACES = [
    (ink, paper)
    for ink in ("ink", "ink-soft", "ink-faint", "accent", "good", "warn", "bad", "away", "unknown")
    for paper in ("paper", "surface", "sunken")
]
PAIRS = [
    *INKS_ON_SURFACES,
    ("accent-ink", "accent"),
    *((tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "away", "unknown", "accent")),
    *(("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "away", "unknown", "accent")),
    # Times stand inside coloured notices.
    *(("ink-faint", f"{tone}-soft") for tone in ("good", "warn", "bad", "unknown")),
]


def stylesheet() -> str:
    path = finders.find("lifeguard.css")
    assert isinstance(path, str)
    with open(path) as file:  # noqa: PTH123 - staticfiles finds a string
        return file.read()


TOKENS = {
    name: dict(zip(THEMES, colours, strict=True))
    for name, *colours in re.findall(
        r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", stylesheet()
    )
}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_can_be_read(ink: str, paper: str, theme: str) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[paper][theme]) >= ENOUGH


def test_black_on_white_is_the_known_figure() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_stylesheet_stays_small_and_the_only_one() -> None:
    assert len(stylesheet().encode()) <= AT_MOST
    assert [path.name for path in (settings.BASE_DIR / "static").glob("*.css")] == ["lifeguard.css"]


def test_no_rule_is_for_a_class_that_nothing_has() -> None:
    selectors = re.sub(r"\{[^{}]*\}|/\*.*?\*/", " ", stylesheet(), flags=re.DOTALL)
    # A tone is put behind `attn-` by the template.
    classes = {re.sub(r"^attn-\w+", "attn", name) for name in re.findall(r"\.([a-z-]+)", selectors)}
    places = ("templates/**/*.html", "static/*.js", "pools/**/*.py", "migrations_ui/**/*.py")
    files = [path for place in places for path in settings.BASE_DIR.glob(place)]
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(path.read_text() for path in files)))

    assert classes - words == set()
