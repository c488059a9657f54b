"""What changed between versions of an article, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from newsarchive import statusjson
from newsarchive.archive.versions import Edited, Step, Version
from newsarchive.escaping import one_line
from newsarchive.sentences import Change, Kind
from newsarchive.statusview import when

if TYPE_CHECKING:
    from rich.console import RenderableType

_AROUND = 1  # sentences shown around a change


def view(edited: Edited, steps: Sequence[Step], *, marks: bool) -> RenderableType:
    """Show what changed, a line for each sentence.

    Args:
        edited: the article.
        steps: from version to version.
        marks: put marks around what only one version has; for where there are no colours.
    """
    heading = f"{edited.name}  {one_line(edited.title)}"
    if not steps:
        return Text(f"{heading}: there are no earlier versions")
    earlier = len(edited.earlier)
    many = f"{earlier} earlier version{'' if earlier == 1 else 's'}"
    lines = [Text(f"{heading}  ({many})", style="bold")]
    for step in steps:
        lines += [Text(), *_lines(step, marks=marks)]
    return Group(*lines)


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
        yield Text(f"  {one_line(change.before[0].text)}")
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
            text = one_line(piece.text)
            text = f"{begin}{text}{end}" if marks and within and piece.marked else text
            line.append(text, style=f"bold {style} reverse" if within and piece.marked else style)
        yield line
