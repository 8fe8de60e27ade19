"""Template names for `migrations_ui.presentation`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.accounts.permissions import Access
from migrations_ui.capabilities import ACTION_CAPABILITIES
from migrations_ui.models import Event, Migration, Step, TableTransfer
from migrations_ui.presentation.actions import Button, button
from migrations_ui.presentation.choices import choices_mark
from migrations_ui.presentation.guidance import guidance, waits_for_worker
from migrations_ui.presentation.incompatible_values import treatment_shape, treatment_word
from migrations_ui.presentation.last_comparison import last_comparison
from migrations_ui.presentation.manual_schema import waits_for_dba
from migrations_ui.presentation.outage import outage_clock
from migrations_ui.presentation.outage_bar import draw_bar
from migrations_ui.presentation.remedies import Concerned, cause, concerned, page_of, remedy
from migrations_ui.presentation.row_keys import key_words
from migrations_ui.presentation.shapes import (
    CONFLICT_SHAPES,
    LEVEL_CLASSES,
    OUTCOME_SHAPES,
    STATUS_SHAPES,
    STEP_CLASSES,
    STEP_SHAPES,
    VERIFICATION_SHAPES,
    VERIFICATION_STATUS_SHAPES,
)
from migrations_ui.presentation.snapshot import Following
from migrations_ui.presentation.spark import Spark, draw_spark
from migrations_ui.presentation.verification import verification_word
from migrations_ui.progress.eta import percent_of
from migrations_ui.progress.outage_clock import StepShare
from migrations_ui.states import (
    ENDED,
    WORKING,
    MigrationStatus,
    StepName,
    StepStatus,
    TransferStatus,
)
from pools.domain.durations import between, in_two_units

register = template.Library()

NEEDS_YOU = frozenset(
    {
        MigrationStatus.FAILED,
        MigrationStatus.AWAITING_CUTOVER,
        MigrationStatus.REHEARSAL_FAILED,
    }
)

register.filter("guidance", guidance)
register.filter("choices_mark", choices_mark)
register.filter("last_comparison", last_comparison)
register.filter("waits_for_worker", waits_for_worker)
register.filter("remedy", remedy)
register.filter("cause", cause)
register.filter("concerned", concerned)
register.filter("page_of", page_of)
register.filter("key_words", key_words)
register.filter("waits_for_dba", waits_for_dba)
register.filter("treatment_word", treatment_word)
register.filter("treatment_shape", treatment_shape)
register.filter("duration", in_two_units)
register.filter("verification_word", verification_word)
register.filter("draw_bar", draw_bar)
register.filter("outage_clock", outage_clock)


SHAPES = (
    *(STATUS_SHAPES, OUTCOME_SHAPES, VERIFICATION_SHAPES),
    *(CONFLICT_SHAPES, VERIFICATION_STATUS_SHAPES, STEP_SHAPES),
)


@register.filter
def shape(status: str) -> str:
    """The shape of the status of a migration or a step, an outcome, a verification or a verdict."""
    for shapes in SHAPES:
        if status in shapes:
            return shapes[status]
    raise KeyError(status)


@register.filter
def step_class(step: Step) -> str:
    return STEP_CLASSES[step.status]


@register.simple_tag
def step_classes(step: Step, migration: Migration) -> str:
    """Of a step in the bar: its state, and whether it waits for a person."""
    paused = migration.state is MigrationStatus.PAUSED and step.name == migration.current_step
    classes = ["now" if paused else step_class(step)]
    if step.name == StepName.CUTOVER and step.status != StepStatus.DONE:
        asked = migration.state is MigrationStatus.AWAITING_CUTOVER
        classes += ["you", "asked"] if asked else ["you"]
    return " ".join(classes)


@register.simple_tag
def log_line(event: Event) -> SafeString:
    """One line of the log.

    In Python, because a page has hundreds of them: as a template they took most of its time.
    """
    return format_html(
        '<li data-sequence="{}"><time datetime="{}" data-style="second">{}</time>'
        '<span class="{}">{}</span></li>',
        event.sequence,
        event.at.isoformat(timespec="seconds"),
        f"{timezone.localtime(event.at):%H:%M:%S}",
        LEVEL_CLASSES[event.level],
        event.text,
    )


@register.filter
def buttons(migration: Migration, access: Access) -> list[Button]:
    """The buttons that fit the migration's state and the person, the everyday ones first."""
    return [
        button(migration, action)
        for action in migration.actions
        if access.may(ACTION_CAPABILITIES[action])
    ]


@register.filter
def opens_to(thing: Concerned | None, access: Access) -> bool:
    """Whether there is a page of it that the person may open."""
    return thing is not None and access.may(thing.capability)


@register.filter
def step_took(step: Step) -> str:
    """Nothing for a step that was taken back: that ended long after its own work."""
    taken_back = step.status == StepStatus.UNDONE
    return "" if taken_back else between(step.started_at, step.finished_at)


@register.filter
def needs_you(migration: Migration) -> bool:
    """True when the migration does not go on without a person, or a rehearsal has to be made
    again."""
    return migration.state in NEEDS_YOU


@register.filter
def is_working(migration: Migration) -> bool:
    """True when news should come by itself."""
    return migration.state in WORKING


@register.filter
def has_ended(migration: Migration) -> bool:
    return migration.state in ENDED


@register.filter
def took(migration: Migration) -> str:
    return between(migration.started_at, migration.finished_at)


@register.filter
def seconds(number: float) -> str:
    return in_two_units(timedelta(seconds=number))


@register.filter
def step_count(step: Step) -> str:
    """How far a step is inside itself: "340 of 1,204 files", or bytes in a readable unit."""
    done, total = step.done or 0, step.total or 0
    if step.unit == "bytes":
        return f"{filesizeformat(done)} of {filesizeformat(total)}"
    if step.unit == "%":
        return f"{done} %"
    return f"{done:,} of {total:,} {step.unit}".rstrip()


@register.filter
def current_step(steps: Sequence[Step]) -> Step | None:
    """The step that runs now, if any."""
    return next((step for step in steps if step.status == StepStatus.RUNNING), None)


@register.filter
def spoke_for(following: Following) -> str:
    """How long the server's own transfer took, as far as it was followed."""
    return between(following.began_at, following.ended_at)


@register.filter
def is_silent(following: Following) -> bool:
    """True when a transfer under way has said nothing new for longer than it should."""
    since = following.spoken_at or following.began_at
    if since is None or following.ended_at is not None:
        return False
    return timezone.now() - since > timedelta(seconds=following.longest_silence)


@register.filter
def percent(table: TableTransfer) -> int:
    """Whole per cent copied, counting rejects as dealt with."""
    return percent_of(
        table.rows_copied + table.rows_rejected,
        total=table.rows_total,
        done=table.status == TransferStatus.COPIED,
    )


@register.filter
def unequal(tables: Sequence[TableTransfer]) -> int:
    """Rows that the last comparison found missing or different."""
    return sum(table.mismatches for table in tables)


@register.filter
def making_keys(table: TableTransfer) -> str:
    """How far its keys are, as far as the database says."""
    share = f", {table.keys_part:.0%}".replace("%", " %") if table.keys_part else ""
    return f"making its keys{share}"


@register.filter
def stopwatch(duration: timedelta) -> str:
    """`2:41`, or `1:02:41`; the page's script counts on."""
    minutes, seconds = divmod(max(0, round(duration.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.simple_tag
def later(now: datetime, duration: timedelta) -> SafeString:
    """The time of day after that long, which the browser shows in the person's zone."""
    moment = now + duration
    return format_html(
        '<time datetime="{}" data-style="minute">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{timezone.localtime(moment):%H:%M}",
    )


@register.filter
def share_word(share: StepShare) -> str:
    """What a step has taken, and of how much."""
    if share.waits_for_person:
        return in_two_units(share.taken) if share.taken else "you"
    expected = "" if share.expected is None else in_two_units(share.expected)
    if share.has_ended:
        return in_two_units(share.taken)
    if not share.taken:
        return f"≈ {expected}" if expected else "–"
    return f"{in_two_units(share.taken)} of ≈ {expected}" if expected else in_two_units(share.taken)


@register.filter
def spark(rates: Sequence[int]) -> Spark | None:
    return draw_spark(rates)


@register.filter
def give_or_take(spread: timedelta | None) -> str:
    return f"give or take {in_two_units(spread)}" if spread else ""
