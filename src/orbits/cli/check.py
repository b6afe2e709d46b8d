"""``orbits check`` and ``orbits schema``: what a mission file says, and what it may say."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import Exit, answered, give, give_json, problem_rows, say
from orbits.cli.options import AsJson

if TYPE_CHECKING:
    from orbits.mission.load import Reading


@dataclass
class Checked:
    """What the check of one file found."""

    file: str
    code: Exit = Exit.DONE
    problems: list[dict[str, Any]] = field(default_factory=list)
    talk: list[str] = field(default_factory=list)
    derived: dict[str, Any] = field(default_factory=dict)
    normalised: dict[str, Any] = field(default_factory=dict)
    quantities: list[str] = field(default_factory=list)
    never_active: list[str] = field(default_factory=list)

    def fail(self, code: Exit, message: str) -> None:
        """Record a failure that has no place in the file."""
        self.code = code
        self.talk.append(f"error: {message}")
        nowhere = {"line": None, "column": None, "path": "", "help": ""}
        self.problems.append(
            {"severity": "error", "file": self.file, "message": message, **nowhere}
        )

    def row(self) -> dict[str, Any]:
        """Return the row of the document ``orbits.check/1``."""
        return {
            "file": self.file,
            "problems": self.problems,
            "derived": {**self.derived, "normalised": self.normalised} if self.derived else {},
            "quantities": self.quantities,
            "never_active": self.never_active,
        }


@answered
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mission files.")],
    as_json: AsJson = False,
) -> int:
    """Validate; print normalised and derived values, quantities, idle constraints."""
    from orbits.exports.documents import check_document
    from orbits.mission.provenance import provenance

    checked = [_check(file) for file in files]
    for one in checked:
        for line in one.talk:
            say(line)
        if one.derived and not as_json:
            give(text_of(one))
    if as_json:
        rows = [one.row() for one in checked]
        give_json(check_document(provenance(None, None, {}), rows))
    order = (Exit.MISSION_INVALID, Exit.DATA_MISSING, Exit.NO_CONVERGENCE)
    return next((code for code in order if any(o.code is code for o in checked)), Exit.DONE)


def _check(file: Path) -> Checked:
    """Return what can be said of one file; a fault of one does not hide the others."""
    from orbits.errors import ConvergenceError, DataError, MissionError, PropagationError
    from orbits.mission.load import read

    found = Checked(str(file))
    try:
        reading = read(file)
        found.problems += problem_rows(reading.warnings)
        found.talk += map(str, reading.warnings)
        _derive(found, reading)
    except MissionError as error:
        found.code = Exit.MISSION_INVALID
        found.problems += problem_rows(error.problems)
        found.talk.append(str(error))
    except DataError as error:
        found.fail(Exit.DATA_MISSING, str(error))
    except (PropagationError, ConvergenceError) as error:
        found.fail(Exit.NO_CONVERGENCE, str(error))
    return found


def _derive(found: Checked, reading: "Reading") -> None:
    """Add derived values first, then what only a flight tells."""
    from orbits.mission.build import build
    from orbits.mission.checks import offered_by
    from orbits.mission.derived import derived
    from orbits.mission.flight import fly, idle_constraints

    found.normalised = reading.mission.normalised()
    found.quantities = list(offered_by(found.normalised))
    model = build(reading.mission, Path(found.file).parent)
    found.derived = derived(model)
    always, never = idle_constraints(fly(reading.mission, model=model))
    found.never_active = list(always)
    found.talk += [f"warning: {name} is never met: the link stays closed" for name in never]


@answered
def schema() -> None:
    """Print the JSON Schema of the mission file."""
    from orbits.mission.schema import json_schema

    give(json.dumps(json_schema(), indent=2))


# -- text ---------------------------------------------------------------------------------


def text_of(found: Checked) -> str:
    """Return what was found in words: the file normalised, then what follows from it."""
    lines = [f"{found.file}: valid", "", "normalised"]
    lines += [f"  {path} = {value}" for path, value in _flat(found.normalised)]
    lines += ["", "derived"]
    lines += [f"  {path} = {value}" for path, value in _flat(found.derived)]
    lines += ["", "quantities for requirements and flown rows"]
    lines += [f"  {path}" for path in found.quantities]
    lines += ["", "constraints that are never active"]
    lines += [f"  {name}" for name in found.never_active] or ["  none"]
    return "\n".join(lines)


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Return the leaves of nested tables with their dotted paths."""
    if isinstance(value, dict):
        return [
            row
            for key, inner in value.items()
            for row in _flat(inner, f"{path}.{key}" if path else key)
        ]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [row for k, item in enumerate(value) for row in _flat(item, f"{path}[{k}]")]
    if isinstance(value, list):
        return [(path, ", ".join(map(str, value)))]
    return [(path, "-" if value is None else str(value))]
