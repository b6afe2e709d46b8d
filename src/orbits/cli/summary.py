"""What `orbits run` says of an outcome: chains, links, requirements, claims."""

from typing import TYPE_CHECKING

from orbits.report.clock import duration_text
from orbits.time import utc_iso
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_ASSUMED = "*"
_MOST_BURNS = 12  # that the summary lists


def table(rows: list[list[str]], align: str) -> list[str]:
    """Return rows as lines with columns in step; ``align`` has a < or > for each column."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(align))]
    lines = []
    for row in rows:
        cells = [f"{cell:{side}{w}}" for cell, side, w in zip(row, align, widths, strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def summary(outcome: "Outcome") -> str:
    """Return the whole summary."""
    from orbits.cli.studies import studies_text

    start, stop = (utc_iso(t, 0) for t in outcome.span)
    lines = [f"{outcome.mission.mission.name}, {start} to {stop}", ""]
    lines += _windows(outcome)
    lines += _altitudes(outcome)
    lines += _burns(outcome)
    lines += _coverages(outcome)
    lines += studies_text(outcome)
    lines += _requirements(outcome)
    lines += _claims(outcome)
    if any(q.assumed for q in outcome.quantities.values()):
        lines.append(f"{_ASSUMED} rests on a value that the mission file calls assumed")
    return "\n".join(lines).rstrip()


def availability_rows(windows: dict[str, Windows], short: dict[str, int]) -> list[list[str]]:
    """Return the table of shares, counts, longest windows and gaps, with its heading."""
    rows = [["", "open", "windows", "longest", "longest gap", "short"]]
    for key, held in windows.items():
        gapped = not key.startswith("eclipse.")
        rows.append(
            [
                key.replace(".", " ", 1),
                f"{100.0 * held.availability:.2f} %",
                str(held.count),
                duration_text(held.longest) if held.count else "-",
                duration_text(held.longest_gap) if held.gaps.count and gapped else "-",
                str(short[key]) if key in short else "",
            ]
        )
    return rows


def _windows(outcome: "Outcome") -> list[str]:
    names = [f"chain.{name}" for name in outcome.mission.chain]
    names += [f"link.{name}" for name in outcome.mission.link]
    names += [f"access.{name}" for name in outcome.mission.analysis.access]
    names += [key for key in outcome.windows if key.startswith("eclipse.")]
    if not names:
        return []
    held = {key: outcome.windows[key] for key in names}
    return [*table(availability_rows(held, outcome.short), "<>>>>>"), ""]


def _altitudes(outcome: "Outcome") -> list[str]:
    lines = []
    for name in outcome.trajectories:
        values = [
            outcome.quantities[f"spacecraft.{name}.{end}_{apsis}_altitude"].value
            for apsis in ("periapsis", "apoapsis")
            for end in ("min", "max")
        ]
        if None not in values:
            low, high, far_low, far_high = values
            lines.append(
                f"{name}: periapsis altitude {low:.1f} to {high:.1f} km, "
                f"apoapsis altitude {far_low:.1f} to {far_high:.1f} km"
            )
    return [*lines, ""] if lines else []


def _burns(outcome: "Outcome") -> list[str]:
    from orbits.mission.maintenance import burns_of

    lines = []
    for name, path in outcome.trajectories.items():
        if "maintenance" not in path.provenance:
            continue
        total, yearly = (
            outcome.quantities[f"spacecraft.{name}.{key}"].value
            for key in ("delta_v", "maintenance.yearly_delta_v")
        )
        rows = burns_of(path)
        lines.append(
            f"{name}: kept with {len(rows)} burns, {total:.2f} m/s ({yearly:.2f} a year)"
        )
        shown = rows if len(rows) <= _MOST_BURNS else []
        lines += [f"  {row['time_utc'][:19]}Z  {row['delta_v_m_s']:.3f} m/s" for row in shown]
        if rows and not shown:
            lines.append("  each of them stands in burns.csv")
    return [*lines, ""] if lines else []


def _coverages(outcome: "Outcome") -> list[str]:
    lines = []
    for name, found in outcome.coverages.items():
        least, mean, gap = (
            outcome.quantities[f"coverage.{name}.{key}"].number
            for key in ("min_percent", "mean_percent", "longest_gap")
        )
        longest = "none" if gap is None else duration_text(gap)
        undecided = len(found.certificate.undecided)
        lines.append(
            f"coverage {name}: {found.grid.area.size} points, {mean:.2f} % of the time on "
            f"average, {least:.2f} % at least; longest gap {longest}; "
            f"undecided grazings: {undecided}"
        )
    return [*lines, ""] if lines else []


def _requirements(outcome: "Outcome") -> list[str]:
    if not outcome.verdicts:
        return []
    rows = [["requirement", "value", "limit", "margin", "verdict"]]
    for v in outcome.verdicts:
        sign = ">=" if v.at_least else "<="
        rows.append(
            [
                v.name,
                _number(v.value, v.unit) + (_ASSUMED if v.assumed else ""),
                f"{sign} {_number(v.limit, v.unit)}",
                _number(v.margin, v.unit, "+"),
                v.verdict,
            ]
        )
    return [*table(rows, "<>>><"), ""]


def _claims(outcome: "Outcome") -> list[str]:
    if not outcome.comparisons:
        return []
    rows = [["flown or published", "planned", "observed", "difference", "agrees"]]
    for c in outcome.comparisons:
        words = {"about": "", "at least": ">= ", "at most": "<= "}[c.relation]
        rows.append(
            [
                c.name,
                _number(c.planned, c.unit) + (_ASSUMED if c.assumed else ""),
                words + _number(c.observed, c.unit),
                _number(c.difference, c.unit, "+"),
                {True: "yes", False: "no", None: "-"}[c.within],
            ]
        )
    return [*table(rows, "<>>><"), ""]


def _number(value: float | str | None, unit: str, sign: str = "") -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    text = f"{value:{sign}.6g}" if abs(value) >= 1e5 else f"{value:{sign}.2f}"
    if float(value).is_integer():
        text = f"{value:{sign}.0f}"
    return f"{text} {unit}".rstrip()
