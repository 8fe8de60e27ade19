"""State, age and figures: the three things every page of a standing world shows."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pools.domain.durations import in_words
from pools.models import (
    DatabaseConfiguration,
    DatabaseFinding,
    Operation,
    Pool,
    Server,
    TravelerUser,
)
from pools.presentation import state_words
from pools.presentation.member_rows import MemberRow, rows_of
from pools.presentation.pool_cards import PoolCard, ServerLine, card_of
from pools.presentation.schema_state import SchemaStateWords, words_of
from pools.presentation.server_state import StateWord, service_action, word_for

register = template.Library()

NOTHING = "–"
# Below this a fraction still tells something: 1.4 ms.
TENTHS_BELOW = 10
# Below this a tenth would be shown as none.
HALF_A_TENTH = 0.05
MINUS = "\N{MINUS SIGN}"


@register.simple_tag
def state(tone: str, word: str, pill: bool = False) -> SafeString:
    """Shape, word and colour; the shape is drawn by the stylesheet."""
    return format_html('<span class="state{} {}">{}</span>', " pill" if pill else "", tone, word)


def _shown(word: StateWord) -> SafeString:
    return state(word.tone, word.word)


@register.filter
def availability_state(server: Server) -> SafeString:
    return _shown(state_words.availability_word(server))


@register.filter
def index_state(server: Server) -> SafeString:
    return _shown(state_words.index_word(server))


@register.filter
def overall_state(server: Server) -> SafeString:
    return _shown(state_words.overall_word(server))


@register.filter
def constrained_state(server: Server) -> SafeString:
    return _shown(state_words.constrained_word(server))


@register.filter
def connection_state(database: DatabaseConfiguration) -> SafeString:
    return _shown(state_words.connection_word(database))


@register.filter
def finding_state(finding: DatabaseFinding) -> SafeString:
    return _shown(state_words.finding_word(finding))


@register.filter
def operation_state(operation: Operation) -> SafeString:
    return _shown(state_words.operation_word(operation))


@register.filter
def mail_access_state(person: TravelerUser, fresh: bool) -> SafeString:
    return _shown(state_words.mail_access_word(person, fresh=fresh))


@register.filter
def monitoring_state(person: TravelerUser, fresh: bool) -> SafeString:
    return _shown(state_words.monitoring_word(person, fresh=fresh))


@register.simple_block_tag
def empty_state(content: str, title: str, url: str = "", action: str = "") -> SafeString:
    """`{% empty_state "No server yet" url "Add a server" %}why, and what to do{% end… %}`."""
    return render_to_string(
        "components/empty.html", {"title": title, "text": content, "url": url, "action": action}
    )


@register.simple_block_tag(takes_context=True)
def confirmed(context: template.Context, content: str, **settings: object) -> SafeString:
    """A dangerous act: its button, and the dialog that says in `content` what it does."""
    # With this page's context, for the dialog's form needs its CSRF token.
    shown: dict[Any, Any] = {**context.flatten(), "text": content, **settings}
    return render_to_string("components/confirm.html", shown)


register.filter("service_action", service_action)


@register.filter
def state_word(server: Server) -> StateWord:
    """`{% with word=server|state_word %}`: the server in one word."""
    return word_for(server)


@register.filter
def figure(number: float | str | None) -> str:
    """Thousands separated, a true minus sign, and a dash for what is not known."""
    if number is None or isinstance(number, str):
        return NOTHING
    if 0 < number < HALF_A_TENTH:
        return "< 0.1"
    small = isinstance(number, float) and abs(number) < TENTHS_BELOW
    return f"{number:,.{1 if small else 0}f}".replace("-", MINUS)


register.filter(in_words)


@register.filter
def absolute(moment: datetime) -> str:
    """The moment in the person's zone, whole: `Sun 22 Nov 2026 14:02:07`."""
    local = timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M:%S}"


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
    return f"stale, last seen {short(moment, '%H:%M')}"


@register.simple_tag
def clock(moment: datetime | None, seconds: bool = False) -> SafeString | str:
    """An absolute time in a cell: the clock today, with the date before."""
    if moment is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        absolute(moment),
        short(moment, "%H:%M:%S" if seconds else "%H:%M"),
    )


def short(moment: datetime, pattern: str) -> str:
    """As much of a moment as today's reader needs: no date today, no year this year."""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return f"{local:{pattern}}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:{pattern}}"


@register.simple_tag
def index_meter(index: int | None, name: str) -> SafeString:
    """The availability index as a bar: 0..100 fills it, below zero there is nothing to fill."""
    if index is None:
        return SafeString("<span></span>")
    return format_html(
        '<meter min="0" max="100" low="20" high="20" optimum="100" value="{}" '
        'aria-label="availability index of {}">{}</meter>',
        max(index, 0),
        name,
        index,
    )


@register.simple_tag
def server_line(line: ServerLine) -> SafeString:
    """One server of a pool's card: state, word, index.

    In Python, because an overview draws hundreds of them: as a template it took twice the budget
    of the whole page.
    """
    server, word = line.server, line.state
    return format_html(
        '<li><a class="state {}" href="{}" title="{}">{}</a><span class="word faint">{}</span>'
        '<span class="num">{}</span>{}</li>',
        word.tone,
        address("pools:server", server.pk),
        server.domino_name,
        server.short_name,
        word.word,
        figure(server.availability_index),
        index_meter(server.availability_index, server.short_name),
    )


@register.simple_tag
@lru_cache(maxsize=4096)
def address(name: str, key: int | str) -> str:
    """`{% url %}` for what is drawn by the hundred: reversing took a third of the overview."""
    return reverse(name, args=[key])


@register.filter
def card(pool: Pool) -> PoolCard:
    """`{% with card=pool|card %}`: what the pool's card says."""
    return card_of(pool)


@register.filter
def server_rows(pool: Pool) -> list[MemberRow]:
    """`{% with rows=pool|server_rows %}`: the pool's servers as `hadr show` lists them."""
    return rows_of(pool)


@register.filter
def schema_standing(configuration: DatabaseConfiguration) -> SchemaStateWords:
    """`{% with standing=database|schema_standing %}`: how its tables stand."""
    return words_of(configuration)


@register.filter
def verb(action: str) -> str:
    """`create_login` as people read it: `create login`."""
    return action.replace("_", " ")
