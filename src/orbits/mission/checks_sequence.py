"""Faults of launches, transfers, steps and targets that no single table shows."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from orbits.bodies import BODIES
from orbits.design.lunar_transfer import INJECTION, PARKING
from orbits.mission.explain import suggestion
from orbits.mission.locate import Path
from orbits.mission.paths_sequence import step_names
from orbits.mission.problems import Problem, Source
from orbits.mission.quantities import DATE
from orbits.mission.schema_sequence import EVENT
from orbits.mission.sequenced import KINDS, LAST

Table = Mapping[str, Any]
_VARIED = ("delta_v", "after", "at", "coast_for", "coast_to")
_RESERVED = (PARKING, INJECTION, LAST)


def _table(value: Any) -> Table:
    return value if isinstance(value, Mapping) else {}


def check_sequences(data: Table, source: Source) -> list[Problem]:
    """Return the faults of ``[launch]`` and of the sequences of every spacecraft."""
    from orbits.sites import built_in_sites

    found: list[Problem] = []
    sites = [*_table(data.get("site")), *built_in_sites()]
    for name, launch in _table(data.get("launch")).items():
        site = _table(launch).get("site")
        if isinstance(site, str) and site not in sites:
            found.append(
                source.problem(
                    ("launch", name, "site"),
                    f'no site is called "{site}"',
                    suggestion(site, sites, "sites of this file and built-in ones"),
                )
            )
    found += _planes(data, source)
    for name, table in _table(data.get("spacecraft")).items():
        if isinstance(table, Mapping):
            found += _craft(table, ("spacecraft", name), data, source)
    return found


def _planes(data: Table, source: Source) -> Iterator[Problem]:
    """Yield the names of ``[analysis.plane]`` that dangle, and instants beyond the mission."""
    for name, table in _table(_table(data.get("analysis")).get("plane")).items():
        for key in ("spacecraft", "site"):
            told, known = _table(table).get(key), list(_table(data.get(key)))
            if isinstance(told, str) and told not in known:
                yield source.problem(
                    ("analysis", "plane", name, key),
                    f'no {key} is called "{told}"',
                    suggestion(told, known, f"{key} tables"),
                )


def _craft(table: Table, path: Path, data: Table, source: Source) -> Iterator[Problem]:
    orbit = _table(table.get("orbit"))
    launch, launches = orbit.get("launch"), list(_table(data.get("launch")))
    if orbit.get("kind") == "launch" and isinstance(launch, str) and launch not in launches:
        yield source.problem(
            (*path, "orbit", "launch"),
            f'no launch is called "{launch}"',
            suggestion(launch, launches, "launches of this file"),
        )
    if table.get("transfer") is not None and orbit.get("kind") != "launch":
        yield source.problem(
            (*path, "transfer"),
            "a transfer without a launch",
            'it begins in the orbit of a launch: write orbit.kind = "launch"',
        )
    if step_names(table) and orbit.get("kind") not in ("launch", "keplerian", "cartesian"):
        yield source.problem(
            (*path, "sequence"),
            f"a sequence from an orbit of kind {orbit.get('kind')!r}",
            "a sequence begins at an orbit of kind launch, keplerian or cartesian",
        )
    yield from _steps(table, path, source)
    yield from _targets(table, path, source)


def _steps(table: Table, path: Path, source: Source) -> Iterator[Problem]:
    names: list[str] = []
    engines = list(_table(table.get("engine")))
    steps = table.get("sequence")
    for k, step in enumerate(steps if isinstance(steps, list | tuple) else ()):
        here, said = (*path, "sequence", k), _table(step)
        name = said.get("step")
        if name in names or name in _RESERVED:
            yield source.problem(
                (*here, "step"),
                f'"{name}" is {"the name of another step" if name in names else "reserved"}',
                "give every step its own name",
            )
        if isinstance(name, str):
            names.append(name)
        burn = _table(said.get("burn"))
        engine = burn.get("engine")
        if isinstance(engine, str) and engine not in engines:
            yield source.problem(
                (*here, "burn", "engine"),
                f'no engine is called "{engine}"',
                suggestion(engine, engines, f"engines of {path[1]}"),
            )
        if (burn.get("finite") or said.get("leave") is not None) and table.get("mass") is None:
            yield source.problem(
                here,
                f"this step needs {'.'.join(map(str, path))}.mass",
                'add mass = "8200 kg" to the spacecraft',
            )
        for key in ("when", "coast_until"):
            event = EVENT.match(said[key]) if isinstance(said.get(key), str) else None
            if event is not None and event["body"] not in BODIES:
                yield source.problem(
                    (*here, key),
                    f'no body is called "{event["body"]}"',
                    suggestion(event["body"], list(BODIES), "bodies"),
                )


def _targets(table: Table, path: Path, source: Source) -> Iterator[Problem]:
    names = step_names(table)
    targets = table.get("target")
    for k, target in enumerate(targets if isinstance(targets, list | tuple) else ()):
        here, said = (*path, "target", k), _table(target)
        vary = said.get("vary")
        for n, control in enumerate(vary if isinstance(vary, list | tuple) else ()):
            yield from _word(control, (*here, "vary", n), names, list(_VARIED), source)
        for goal in _table(said.get("achieve")):
            yield from _word(goal, (*here, "achieve", goal), names, list(KINDS), source)


def _word(
    text: object, path: Path, names: list[str], words: list[str], source: Source
) -> Iterator[Problem]:
    """Yield the fault of a "STEP.WORD" whose step or word does not exist."""
    if not isinstance(text, str):
        return
    step, _, word = text.partition(".")
    if step not in names:
        yield source.problem(
            path, f'no step is called "{step}"', suggestion(step, names, "steps")
        )
    elif word not in words:
        yield source.problem(
            path,
            f'"{word}" is nothing of a step that can stand here',
            suggestion(word, words, "words after the step's name"),
        )


def instants_only(row: Table, path: Path, source: Source) -> Iterator[Problem]:
    """Yield what does not fit a quantity that is an instant."""
    for key in ("at_least", "at_most", "value"):
        text = row.get(key)
        if isinstance(text, datetime.date) or text is None:
            continue
        if not (isinstance(text, str) and DATE.match(text)):
            yield source.problem(
                (*path, key),
                "this quantity is an instant",
                'write for example "2024-05-08T02:12:00 UTC"',
            )
    if path[0] == "requirement":
        yield source.problem(
            path,
            "a requirement on an instant",
            "set it beside what flew with [[flown]]; a requirement limits a number",
        )
