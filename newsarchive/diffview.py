"""What changed between versions of an article, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.text import Text

from newsarchive import statusjson
from newsarchive.archive.versions import Edited, Step, Version
from newsarchive.sentences import Change, Kind
from newsarchive.statusview import when

if TYPE_CHECKING:
    from rich.console import Console

_AROUND = 1  # sentences shown around a change


def show(console: Console, edited: Edited, steps: Iterable[Step]) -> None:
    """Print what changed, a line for each sentence; without colours, marks say what only one version has."""
    marks = console.color_system is None
    earlier = len(edited.earlier)
    many = f"{earlier} earlier version{'' if earlier == 1 else 's'}"
    console.print(Text(f"{edited.name}  {edited.title}  ({many})", style="bold"), soft_wrap=True)
    for step in steps:
        console.print()
        for line in _lines(step, marks=marks):
            console.print(line, soft_wrap=True)


def as_json(edited: Edited, steps: Iterable[Step]) -> dict[str, Any]:
    """Give the same for machines; docs/status.md explains the keys."""
    return {
        "name": str(edited.name),
        "title": edited.title,
        "versions": [statusjson.version(version) for version in edited.versions],
        "steps": [
            {
                "from": step.before.stamp,
                "to": step.after.stamp,
                "fields": {field.name: _change_json(field.change) for field in step.fields},
                "text": [_change_json(change) for change in step.text if change.kind is not Kind.SAME],
                "same_sentences": sum(change.kind is Kind.SAME for change in step.text),
                "only_markup": step.markup,
            }
            for step in steps
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "before": [[piece.text, piece.marked] for piece in change.before],
        "after": [[piece.text, piece.marked] for piece in change.after],
    }


def _lines(step: Step, *, marks: bool) -> Iterator[Text]:
    yield Text(f"--- {_named(step.before)}", style="bold")
    yield Text(f"+++ {_named(step.after)}", style="bold")
    for field in step.fields:
        yield Text(f"@@ {field.name} @@", style="cyan")
        yield from _change(field.change, marks=marks)
    changed = [place for place, change in enumerate(step.text) if change.kind is not Kind.SAME]
    if not changed:
        if not step.fields:
            yield Text("  nothing that is read differs", style="dim")
        return
    yield Text("@@ markup of the text, which reads the same @@" if step.markup else "@@ text @@", style="cyan")
    shown = {near for place in changed for near in range(place - _AROUND, place + _AROUND + 1)}
    hidden = 0
    for place, change in enumerate(step.text):
        if place not in shown:
            hidden += 1
            continue
        if hidden:
            yield _left_out(hidden)
            hidden = 0
        yield from _change(change, marks=marks)
    if hidden:
        yield _left_out(hidden)


def _named(version: Version) -> str:
    until = version.until
    return f"{version.stamp}  {version.path}" + (f"  (stood until {when(until)})" if until else "  (stands)")


def _left_out(count: int) -> Text:
    return Text(f"  … {count} {'sentence' if count == 1 else 'sentences'} the same", style="dim")


def _change(change: Change, *, marks: bool) -> Iterator[Text]:
    if change.kind is Kind.SAME:
        yield Text(f"  {change.before[0].text}")
        return
    within = change.kind is Kind.CHANGED  # a sentence that came or went as a whole needs no marks within
    for sign, pieces, style, begin, end in (
        ("-", change.before, "red", "[-", "-]"),
        ("+", change.after, "green", "{+", "+}"),
    ):
        if not pieces:
            continue
        line = Text(f"{sign} ", style=style)
        for piece in pieces:
            text = f"{begin}{piece.text}{end}" if marks and within and piece.marked else piece.text
            line.append(text, style=f"bold {style} reverse" if within and piece.marked else style)
        yield line
