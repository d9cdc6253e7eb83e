"""Fit the teaching model to published totals, show the table of both, and write the model card.

    python tools/calibrate.py fit      moves every free parameter, writes parameters.yaml, then as "card"
    python tools/calibrate.py table    published, interval, simulated, for every target
    python tools/calibrate.py card     measures, writes simulated.yaml and docs/model_card.md

Everything is drawn from one seed: the same parameters give the same table.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from pres_teach.imaging.frequencies import draw_pattern
from pres_teach.physiology.calibration import COHORTS, Row, cohort, fit, measure
from pres_teach.physiology.card import model_card
from pres_teach.physiology.parameters import parameters, shipped

ROOT = Path(__file__).parents[1]
ROOM = ROOT / "pres_teach" / "physiology"
SEED, EPISODES, ROUNDS = 7, 120, 6


def places(seed: int) -> tuple[str, tuple[str, ...]]:
    """Pattern and sites of the lesion that a seed draws."""
    lesion = draw_pattern(seed)
    return lesion.pattern, lesion.sites or ()


def rows(episodes: int = EPISODES, seed: int = SEED) -> list[Row]:
    """Every target with what is simulated for it."""
    return list(measure({name: cohort(of, episodes, seed, places) for name, of in COHORTS.items()}))


def table(found: list[Row]) -> str:
    """The rows as lines of text."""
    lines = [f"{'target':26}{'published':46}{'interval':>18}{'simulated':>11}  use"]
    for row in found:
        low, high = row.target.interval
        published = row.target.words if len(row.target.words) < 45 else row.target.words[:42] + "..."
        verdict = "" if row.met else "  outside" if row.target.use != "told" else "  outside (told only)"
        lines.append(
            f"{row.name:26}{published:46}{f'{low:.3g} to {high:.3g}':>18}{row.value:11.3g}  {row.target.use}{verdict}"
        )
    return "\n".join(lines)


def written(text: str, values: Mapping[str, float]) -> str:
    """The text of parameters.yaml with new values, and nothing else changed."""
    for path, value in values.items():
        group, name = path.split(".", 1)
        if group in parameters().numbers:
            pattern = rf"(\n  {re.escape(group)}:\n(?:    .*\n)*?    {re.escape(name)}: {{value: )[^,]+"
        else:
            pattern = rf"(\n  {re.escape(group)}:\n(?:    .*\n)*?    values: {{(?:[^}}]*, )?{re.escape(name)}: )[^,}}]+"
        text, count = re.subn(pattern, rf"\g<1>{value:.4g}", text, count=1)
        if count != 1:
            raise SystemExit(f'"{path}": must stand once in parameters.yaml; found {count} times; look at the file')
    return text


def write_card() -> int:
    """Measure, store and describe; 1 if a target is missed."""
    found = rows()
    values = "".join(f"  {row.name}: {row.value:.4g}\n" for row in found)
    (ROOM / "simulated.yaml").write_text(
        "# What the virtual recipients gave with the parameters of this version. Written by tools/calibrate.py.\n"
        f'version: "{parameters().version}"\nseed: {SEED}\nepisodes: {EPISODES}\nvalues:\n{values}',
        encoding="utf-8",
    )
    (ROOT / "docs" / "model_card.md").write_text(model_card(), encoding="utf-8")
    print(table(found))
    return int(any(not row.met for row in found if row.target.use != "told"))


def main() -> int:
    """Run one command."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("command", choices=["fit", "table", "card"])
    command = reader.parse_args().command
    if command == "table":
        found = rows()
        print(table(found))
        return int(any(not row.met for row in found if row.target.use != "told"))
    if command == "fit":

        def told(turn: int, begun: list[Row]) -> None:
            missed = [row.name for row in begun if row.target.use == "fit" and not row.met]
            print(f"round {turn + 1} of {ROUNDS}: {len(missed)} outside{': ' if missed else ''}{', '.join(missed)}")

        values = fit(EPISODES, SEED, ROUNDS, told)
        file = ROOM / "parameters.yaml"
        file.write_text(written(file.read_text(encoding="utf-8"), values), encoding="utf-8")
        shipped.cache_clear()
        print('Fitted. Raise "version" in parameters.yaml, and the digest that tests/physiology holds.')
    return write_card()


if __name__ == "__main__":
    sys.exit(main())
