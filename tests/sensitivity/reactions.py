"""Which metric sees which damage: python tests/sensitivity/reactions.py prints the tables.

Reads novels and published sets below the folder that `BENCHSUITE_DATA` names. A reaction is the
mean change of a value that a damage makes, over samples or over seeds; the noise floor is twice
the standard deviation between the values without the damage.
"""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import text_subjects
import trained_subjects


class Reaction(NamedTuple):
    """The mean change and the noise floor; None where the metric had no value."""

    change: float | None
    floor: float | None

    @property
    def seen(self):
        """Whether the change is beyond the noise."""
        return self.change is not None and abs(self.change) > self.floor


def reactions(values, damages):
    """Return by measure and damage the reaction.

    `values[measure][version]` are the values of each sample or seed; `damages` says which
    version each damage is compared with.
    """
    return {
        measure: {
            damage: _reaction(versions[before], versions[damage])
            for damage, before in damages.items()
        }
        for measure, versions in values.items()
    }


def _reaction(before, after):
    if None in before:
        return Reaction(None, None)
    floor = 2 * float(np.std(before, ddof=1))
    if None in after:
        return Reaction(None, floor)
    return Reaction(float(np.mean(np.subtract(after, before))), floor)


def table(found):
    """Return the reactions as Markdown; those beyond the noise floor in bold.

    The floor shown is that of the first damage.
    """
    damages = list(next(iter(found.values())))
    lines = ["| metric | noise floor | " + " | ".join(damages) + " |"]
    lines.append("|---" * (2 + len(damages)) + "|")
    for measure, by_damage in found.items():
        floor = next(iter(by_damage.values())).floor
        cells = [_cell(reaction) for reaction in by_damage.values()]
        shown = "none" if floor is None else _number(floor)[1:]
        lines.append(f"| {measure} | {shown} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(reaction):
    if reaction.change is None:
        return "no value"
    if not reaction.seen and abs(reaction.change) <= reaction.floor / 20:
        return "0"
    text = _number(reaction.change)
    return f"**{text}**" if reaction.seen else text


def _number(value):
    """Two digits that count, with a sign."""
    text = f"{value:+.0f}" if abs(value) >= 10 else f"{value:+.2g}"
    return text.replace("-", "\N{MINUS SIGN}")


def main(root):
    texts = text_subjects.measured(text_subjects.novels(root))
    named = {f"`{name}`": versions for name, versions in texts.items()}
    sys.stdout.write(table(reactions(named, text_subjects.DAMAGES)) + "\n\n")
    models = trained_subjects.measured(trained_subjects.people(root))
    sys.stdout.write(table(reactions(models, trained_subjects.DAMAGES)) + "\n")


if __name__ == "__main__":
    if "BENCHSUITE_DATA" not in os.environ:
        sys.exit("BENCHSUITE_DATA names no folder with human/gutenberg.")
    main(Path(os.environ["BENCHSUITE_DATA"]))
