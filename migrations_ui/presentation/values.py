"""Values that would lose something, and what may happen to them, in words."""

from __future__ import annotations

from migrations_ui.transfer.value_loss import Loss, Treatment

STOP = "Stop, and name them"
REJECT = "Keep their rows back as rejects"

LABELS: dict[Loss, str] = {
    Loss.NANOSECONDS: "Timestamps too precise for the target",
    Loss.NUL: "Text with a NUL character",
    Loss.CHARACTER: "Characters that the target’s code page lacks",
    Loss.BLANKS: "Trailing blanks that the target would lose",
    Loss.INCOMPATIBLE: "Values too long, out of range, or missing",
}
# An incompatible value has none: nothing could be made of it that is still the value.
CONVERT: dict[Loss, str] = {
    Loss.NANOSECONDS: "Cut them to microseconds, or what the column keeps",
    Loss.NUL: "Remove the NUL characters",
    Loss.CHARACTER: "Put U+FFFD (\ufffd) in their place",
    Loss.BLANKS: "Let the blanks go",
}


def choices(loss: Loss) -> list[tuple[str, str]]:
    """What a person may choose for one kind of loss, the default first."""
    offered = [(Treatment.STOP.value, STOP), (Treatment.REJECT.value, REJECT)]
    if loss in CONVERT:
        offered.append((Treatment.CONVERT.value, CONVERT[loss]))
    return offered
