"""Light, service and radio in words, for the summary of a run."""

from typing import TYPE_CHECKING

from orbits.cli.summary import duration_text, table
from orbits.mission.quantities import written
from orbits.time import utc_iso

if TYPE_CHECKING:
    from orbits.mission.run import Outcome


def studies_text(outcome: "Outcome") -> list[str]:
    """Return what the analyses of light, service and radio found, empty where none are."""
    parts = [_radio, _seasons, _sun, _plans, _latencies, _pointing]
    lines = []
    for part in parts:
        found = part(outcome)
        lines += [*found, ""] if found else []
    return lines


class _Numbers:
    """The quantities of one prefix as words."""

    def __init__(self, outcome: "Outcome", prefix: str) -> None:
        self.outcome, self.prefix = outcome, prefix

    def __getitem__(self, word: str) -> float | int | None:
        return self.outcome.quantities[f"{self.prefix}.{word}"].number

    def text(self, word: str, digits: int = 2) -> str:
        """Return a number with its unit, "-" where there is none."""
        found = self.outcome.quantities[f"{self.prefix}.{word}"]
        if found.value is None:
            return "-"
        number = f"{found.value:,.{digits}f}" if found.unit else f"{found.value:g}"
        return f"{number} {found.unit}".rstrip()

    def time(self, word: str) -> str:
        """Return a number of seconds as a duration."""
        value = self[word]
        return "-" if value is None else duration_text(float(value))


def _radio(outcome: "Outcome") -> list[str]:
    names = [f"chain.{name}" for name in outcome.throughputs]
    names += [f"link.{n}" for n, link in outcome.mission.link.items() if link.budget]
    rows = [["data volume", "in all", "worst day", "mean day", "best day", "least margin"]]
    for name in names:
        numbers = _Numbers(outcome, name)
        words = ("volume", "worst_day_volume", "mean_day_volume", "best_day_volume")
        least = numbers.text("min_margin", 1) if name.startswith("link.") else ""
        rows.append([name.replace(".", " ", 1), *map(numbers.text, words), least])
    return table(rows, "<>>>>>") if len(rows) > 1 else []


def _seasons(outcome: "Outcome") -> list[str]:
    light = outcome.studies.light
    rows = [["eclipse season", "from", "to", "eclipses", "longest", "in all"]]
    if light.battery is not None:
        rows[0].append("over the battery")
    asked = outcome.mission.analysis.eclipse
    alone = asked is not None and len(asked.bodies) == 1
    for key, found in light.seasons.items():
        _, craft, body, shadow = key.split(".")
        if body == "any" and alone:
            continue  # one body is all of them
        for one in found:
            rows.append(
                [
                    f"{craft} {'any body' if body == 'any' else body} {shadow}",
                    *(str(utc_iso(t, 0))[:10] for t in (one.start, one.stop)),
                    str(one.count),
                    duration_text(one.longest),
                    duration_text(one.total),
                ]
                + ([] if light.battery is None else [str(one.over)])
            )
    if len(rows) == 1:
        return []
    return table(rows, "<<<>>>" + (">" if light.battery is not None else ""))


def _sun(outcome: "Outcome") -> list[str]:
    said, lines = outcome.mission.analysis.sun, []
    for name in (said.spacecraft or ()) if said else ():
        numbers = _Numbers(outcome, f"sun.{name}")
        first = numbers["first_ltan"]
        nodes = ""
        if first is not None:
            nodes = f"; ascending node at {_clock(first)} to {_clock(numbers['last_ltan'])}"
            nodes += " local solar time"
        low, high = numbers.text("min_beta", 1), numbers.text("max_beta", 1)
        lines.append(f"beta of {name}: {low} to {high}{nodes}")
    for key, held in outcome.studies.light.windows.items():
        kind, name = key.split(".")
        numbers = _Numbers(outcome, key)
        words = f"{kind} {name}: none"
        if held.count:
            words = f"{kind} {name}: {held.count} in {numbers.time('total')}"
            words += f", the longest {numbers.time('longest')}"
        if kind == "conjunction" and held.count:
            words += f", {numbers.text('least_angle')} from the Sun at least"
        if kind == "night":
            words += f"; {numbers.text('share', 1)} of the time"
        lines.append(words)
    return lines


def _clock(hours: float | int | None) -> str:
    minutes = round(60.0 * float(hours or 0.0)) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _plans(outcome: "Outcome") -> list[str]:
    lines = []
    for name, plan in outcome.studies.service.plans.items():
        whole = _Numbers(outcome, f"contact-plan.{name}")
        lines.append(
            f"contact plan {name} ({plan.rule}): {whole.text('contacts')} contacts, "
            f"{whole.text('handovers')} hand-overs, {whole.text('total', 1)}, "
            f"{whole.text('share', 1)} of what could be served; longest gap "
            f"{whole.time('longest_gap')}"
        )
        rows = [["", "contacts", "in all", "worst day", "mean day", "best day"]]
        start = f"contact-plan.{name}."
        pairs = [key.split(".")[2:] for key in outcome.windows if key.startswith(start)]
        stations, crafts = zip(*pairs, strict=True)
        for party in dict.fromkeys((*stations, *crafts)):
            numbers = _Numbers(outcome, f"contact-plan.{name}.{party}")
            words = ("contacts", "total", "worst_day", "mean_day", "best_day")
            rows.append([party, *map(numbers.text, words)])
        lines += table(rows, "<>>>>>")
    return lines


def _latencies(outcome: "Outcome") -> list[str]:
    lines, said = [], outcome.mission.analysis.latency
    for name in outcome.studies.service.latencies:
        numbers = _Numbers(outcome, f"latency.{name}")
        words = [numbers.time(word) for word in ("shortest", "mean", "longest")]
        line = f"latency of {name}, stored where a link is closed: {words[0]} at best, "
        line += f"{words[1]} on average, {words[2]} at worst"
        if said is not None and said.limit is not None:
            line += f"; {numbers.text('within_limit', 1)} within {written(said.limit)}"
        if numbers["lost"]:
            line += f"; messages of {numbers.time('lost')} arrive after the span"
        lines.append(line)
    return lines


def _pointing(outcome: "Outcome") -> list[str]:
    lines = []
    for name, said in outcome.mission.analysis.pointing.items():
        numbers = _Numbers(outcome, f"pointing.{name}")
        line = f"pointing {name}, {said.spacecraft} to {said.target}: "
        line += f"{numbers.text('min_cone', 1)} to {numbers.text('max_cone', 1)} from nadir, "
        line += f"turning at up to {numbers.text('max_slew', 1)}"
        if said.apart_from is not None:
            ends = (numbers.text("min_separation", 1), numbers.text("max_separation", 1))
            line += f"; {ends[0]} to {ends[1]} from {said.apart_from}"
        lines.append(line)
    return lines
