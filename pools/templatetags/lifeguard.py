"""State, age and figures: the three things every page of a standing world shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pools.models import Pool, Server
from pools.views.durations import in_words
from pools.views.cards import PoolCard, card_of
from pools.views.rows import ServerRow, rows_of
from pools.views.state_words import StateWord, word_for

register = template.Library()

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


@register.simple_tag
def state(tone: str, word: str, pill: bool = False) -> SafeString:
    """Shape, word and colour; the shape is drawn by the stylesheet."""
    return format_html('<span class="state{} {}">{}</span>', " pill" if pill else "", tone, word)


@register.filter
def state_word(server: Server) -> StateWord:
    """`{% with word=server|state_word %}`: the server in one word."""
    return word_for(server)


@register.filter
def figure(number: float | None) -> str:
    """Thousands separated, a true minus sign, and a dash for what is not known."""
    if number is None or number == "":
        return NOTHING
    text = f"{number:,.1f}" if isinstance(number, float) and number < 10 else f"{number:,.0f}"
    return text.replace("-", MINUS)


register.filter(in_words)


@register.filter
def absolute(moment: datetime) -> str:
    """The moment in the person's zone, with the date."""
    return f"{timezone.localtime(moment):%a} {timezone.localtime(moment).day} {timezone.localtime(moment):%b %Y %H:%M:%S}"


@register.simple_tag
def age(moment: datetime | None, stale: int | None = None, never: str = "never") -> SafeString:
    """How old a figure is, ticking in the browser; grey after `stale` seconds."""
    if moment is None:
        return format_html('<span class="age stale">{}</span>', never)
    seconds = (timezone.now() - moment).total_seconds()
    outdated = stale is not None and seconds > stale
    return format_html(
        '<time class="age{}" datetime="{}" title="{}" data-age{}>{}</time>',
        " stale" if outdated else "",
        moment.isoformat(timespec="seconds"),
        absolute(moment),
        format_html(' data-stale="{}"', stale) if stale is not None else "",
        last_seen(moment) if outdated else ago(seconds),
    )


def ago(seconds: float) -> str:
    """`3 s ago`, or `in 2 min` for what lies ahead."""
    return f"in {in_words(-seconds)}" if seconds < -1 else f"{in_words(seconds)} ago"


def last_seen(moment: datetime) -> str:
    """`stale, last seen 14:02`, with the date when it was not today."""
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return (
        f"stale, last seen {local:%H:%M}"
        if today
        else f"stale, last seen {local.day} {local:%b %H:%M}"
    )


@register.simple_tag
def clock(moment: datetime | None, seconds: bool = False) -> SafeString | str:
    """An absolute time in a cell: the clock today, with the date before."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    text = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() != timezone.localdate():
        text = f"{local.day} {local:%b}{'' if local.year == timezone.localdate().year else f' {local.year}'} {text}"
    return format_html(
        '<time datetime="{}" title="{}" data-clock>{}</time>',
        moment.isoformat(timespec="seconds"),
        absolute(moment),
        text,
    )


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """A value of a mapping by a key that is itself a variable."""
    return mapping.get(key)


@register.filter
def card(pool: Pool) -> PoolCard:
    """`{% with card=pool|card %}`: what the pool's card says."""
    return card_of(pool)


@register.filter
def server_rows(pool: Pool) -> list[ServerRow]:
    """`{% with rows=pool|server_rows %}`: the pool's servers as `hadr show` lists them."""
    return rows_of(pool)


@register.filter
def verb(action: str) -> str:
    """`create_login` as people read it: `create login`."""
    return action.replace("_", " ")
