"""State, age and figures: the three things every page of a standing world shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pools.models import Server
from pools.views.condition import Condition, server_condition

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


@register.simple_tag
def state(tone: str, word: str, pill: bool = False) -> SafeString:
    """Shape, word and colour; the shape is drawn by the stylesheet."""
    return format_html('<span class="state{} {}">{}</span>', " pill" if pill else "", tone, word)


@register.filter
def condition(server: Server) -> Condition:
    """`{% with state=server|condition %}`: the server in one word."""
    return server_condition(server)


@register.filter
def figure(number: float | None) -> str:
    """Thousands separated, a true minus sign, and a dash for what is not known."""
    if number is None or number == "":
        return NOTHING
    text = f"{number:,.1f}" if isinstance(number, float) and number < 10 else f"{number:,.0f}"
    return text.replace("-", MINUS)


@register.filter
def in_words(seconds: float) -> str:
    """A duration in its largest unit: `3 s`, `12 min`, `5 h`, `3 days`."""
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"


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
    return f"stale, last seen {local:%H:%M}" if today else f"stale, last seen {local.day} {local:%b %H:%M}"


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
