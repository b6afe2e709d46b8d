"""``orbits design sun-synchronous``: from altitude or repeat cycle to a corrected orbit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import UsageError, answered, give, give_json, say
from orbits.cli.design import asked, design, instant, no_mission
from orbits.cli.options import AsJson, Force

if TYPE_CHECKING:
    from orbits.almanac import Almanac
    from orbits.design.catalogue import Catalogued
    from orbits.design.mean_orbit import MeanOrbit
    from orbits.design.sun_synchronous import Repeat, Shape

_YEARS = 5.0  # of the drift that is looked at
_EPOCH = "2024-01-01T00:00:00 UTC"


@design.command(name="sun-synchronous")
@answered
def sun_synchronous(  # noqa: PLR0913, PLR0917 - one parameter an option
    altitude: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="Mean a less 6378.137 km."),
    ] = None,
    semi_major_axis: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="Mean (Brouwer's)."),
    ] = None,
    repeat: Annotated[
        str | None, typer.Option(metavar="N/D", help="N revolutions in D nodal days: 143/10.")
    ] = None,
    elements: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A TLE or OMM whose axis, shape and node to take."),
    ] = None,
    ltan: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Mean local solar time of the ascending node."),
    ] = None,
    ltdn: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="Of the descending node, instead.")
    ] = None,
    eccentricity: Annotated[
        float | None, typer.Option(min=0.0, help="Another than the frozen one.")
    ] = None,
    argp: Annotated[str, typer.Option(metavar="ANGLE", help="With --eccentricity.")] = "90 deg",
    node_longitude: Annotated[
        str | None,
        typer.Option(metavar="ANGLE", help="East, of one node of the grid."),
    ] = None,
    epoch: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    span: Annotated[str, typer.Option(metavar="TIME", help="Of the correction.")] = "60 day",
    degree: Annotated[int, typer.Option(min=4, max=120, help="Of the Earth's field.")] = 36,
    theory: Annotated[
        bool, typer.Option("--theory", help="Only the theory of mean elements; no flight.")
    ] = False,
    drag: Annotated[
        float | None, typer.Option(min=0.0, metavar="M2/KG", help="Cd A/m, for maintenance.")
    ] = None,
    dead_band: Annotated[
        str, typer.Option(metavar="LENGTH", help="Of the track at the equator, either side.")
    ] = "1 km",
    local_time_band: Annotated[
        str, typer.Option(metavar="TIME", help="Of the local time, either side.")
    ] = "5 min",
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a mission file that flies it.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Design a sun-synchronous orbit, frozen, with its repeat cycle, drift and upkeep."""
    from orbits.cli.sun_synchronous_rows import Request, answer
    from orbits.cli.sun_synchronous_text import mission_text, text

    given = {
        "--altitude": altitude, "--semi-major-axis": semi_major_axis, "--repeat": repeat,
        "--elements": elements,
    }  # fmt: skip
    said = [name for name, value in given.items() if value is not None]
    if len(said) != 1:
        raise UsageError(f"give one of {', '.join(given)}, not {' and '.join(said) or 'none'}")
    if ltan is not None and ltdn is not None:
        raise UsageError("give --ltan or --ltdn, not both")
    if write is not None and write.exists() and not force:
        raise UsageError(f"--write: {write} exists; --force replaces it")
    sets = _sets(elements) if elements is not None else ()
    t = instant(epoch) if epoch is not None else sets[-1].epoch if sets else instant(_EPOCH)
    length = asked(span, "time", "--span")
    almanac = _almanac(t, length, [x.epoch for x in sets])
    seen = _catalogued(sets, almanac)
    shape = _shape(eccentricity, argp, seen)
    cycle = None if repeat is None else _cycle(repeat)
    hour = _hour(ltan, ltdn, seen)
    try:
        orbit = _designed(altitude, semi_major_axis, cycle, shape, seen)
        request = Request(
            orbit=orbit,
            cycle=cycle,
            frozen=shape is None,
            local_time=hour,
            node_longitude=None
            if node_longitude is None
            else asked(node_longitude, "angle", "--node-longitude"),
            epoch=t,
            span=length,
            degree=None if theory else degree,
            drag=drag,
            dead_band=asked(dead_band, "length", "--dead-band"),
            local_time_band=asked(local_time_band, "time", "--local-time-band"),
        )
        rows = answer(request, almanac, seen)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if write is not None:
        write.write_text(mission_text(request, rows), encoding="utf-8")
        say(f"written: {write}")
    if as_json:
        head = {"schema": "orbits.design-sun-synchronous/1"}
        give_json({**head, "provenance": no_mission(almanac.provenance() or {}), **rows})
        return
    give(text(rows))


def _sets(file: Path) -> tuple[Any, ...]:
    """Return the element sets of a file, in order of time."""
    from orbits.propagators.element_sets import read_omm, read_tle

    if not file.exists():
        raise UsageError(f"--elements: there is no file {file}")
    lines = [x for x in file.read_text(encoding="utf-8-sig").splitlines() if x.strip()]
    two_line = any(line.startswith("1 ") and len(line.rstrip()) == 69 for line in lines)
    found = read_tle(file) if two_line else read_omm(file)
    numbers = {x.norad_id for x in found}
    if len(numbers) > 1:
        raise UsageError(
            f"--elements: {file.name} holds {len(numbers)} objects; give a file of one"
        )
    return tuple(sorted(found, key=lambda x: x.epoch))


def _almanac(t: float, length: float, epochs: list[float]) -> "Almanac":
    """Return an almanac for the correction, the years of drift, and the element sets."""
    from orbits.cli.sun_synchronous_rows import quiet_almanac

    stop = max(t + length, t + _YEARS * 365.25 * 86400.0)
    return quiet_almanac(min(t, *epochs, t), stop)


def _catalogued(sets: tuple[Any, ...], almanac: "Almanac") -> "tuple[Catalogued, ...]":
    from orbits.design.catalogue import catalogued

    try:
        return tuple(catalogued(x, almanac) for x in sets)
    except ValueError as error:
        raise UsageError(f"--elements: {error}") from error


def _shape(
    eccentricity: float | None, argp: str, seen: "tuple[Catalogued, ...]"
) -> "Shape | None":
    from orbits.design.sun_synchronous import Shape

    if eccentricity is not None:
        return Shape(eccentricity, asked(argp, "angle", "--argp"))
    return Shape(*seen[-1].mean[1::2]) if seen else None


def _cycle(text: str) -> "Repeat":
    from orbits.design.sun_synchronous import Repeat

    n, slash, d = text.partition("/")
    if not (slash and n.strip().isdigit() and d.strip().isdigit()):
        raise UsageError(f"--repeat: {text!r} is not N/D, for example 143/10")
    return Repeat(int(n), int(d))


def _hour(ltan: str | None, ltdn: str | None, seen: "tuple[Catalogued, ...]") -> float:
    """Return the local time of the ascending node, rad from midnight."""
    import math

    from orbits.design.track import hour_of

    for option, text in (("--ltan", ltan), ("--ltdn", ltdn)):
        if text is not None:
            try:
                hour = hour_of(text)
            except ValueError as error:
                raise UsageError(f"{option}: {error}") from error
            return hour if option == "--ltan" else (hour + math.pi) % (2.0 * math.pi)
    if not seen:
        raise UsageError('give the local time of the node: --ltan or --ltdn, as "18:00"')
    return seen[-1].local_time


def _designed(
    altitude: str | None,
    axis: str | None,
    cycle: "Repeat | None",
    shape: "Shape | None",
    seen: "tuple[Catalogued, ...]",
) -> "MeanOrbit":
    from orbits.constants import WGS84_A
    from orbits.design.sun_synchronous import by_axis, by_repeat

    if cycle is not None:
        return by_repeat(cycle, shape)
    if seen:
        return by_axis(seen[-1].mean.semi_major_axis, shape)
    if altitude is not None:
        return by_axis(WGS84_A + asked(altitude, "length", "--altitude"), shape)
    return by_axis(asked(str(axis), "length", "--semi-major-axis"), shape)
