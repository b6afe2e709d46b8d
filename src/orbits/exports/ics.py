"""Windows as a calendar (iCalendar), one event a window.

Format: RFC 5545, through the package ``icalendar``. [rfc5545]
"""

import datetime
import hashlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from orbits.errors import DataError
from orbits.exports.windows import Record
from orbits.mission.provenance import created_utc
from orbits.time import utc_datetime64

if TYPE_CHECKING:
    from orbits.windows import Windows


def calendar_text(
    windows: "Windows",
    records: Sequence[Record],
    *,
    title: str,
    comments: tuple[str, ...] = (),
) -> str:
    """Return windows as an iCalendar file, whose lines end in CR LF.

    An event begins with the first whole second of its window and ends with the last, as the
    format has no fractions; its description holds both edges to a millisecond, their causes
    and who carries it. A window shorter than a second is an event without length.

    Parameters
    ----------
    windows : Windows
    records
        Rows of exports/windows.py, in the same order.
    title : str
        Of the calendar: mission and chain.
    comments : lines of text
        Provenance.

    Raises
    ------
    DataError
        If ``icalendar`` is not installed.

    References
    ----------
    RFC 5545, sec. 3.6.1. [rfc5545]
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise DataError(
            "a calendar needs the package icalendar: pip install 'orbits[exchange]'"
        ) from None
    stamp = datetime.datetime.fromisoformat(created_utc())
    calendar = Calendar()
    calendar.add("prodid", "-//orbits//mission planning//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-caldesc", "; ".join(comments))
    home = hashlib.sha256(title.encode()).hexdigest()[:16]
    for start, stop, record in zip(windows.start, windows.stop, records, strict=True):
        first = _whole_second(start, up=True)
        event = Event()
        event.add("uid", f"{record['id'].replace('#', '-')}@{home}.orbits")
        event.add("dtstamp", stamp)
        event.add("dtstart", first)
        event.add("dtend", max(first, _whole_second(stop, up=False)))
        event.add("summary", _summary(record))
        event.add("description", _description(record))
        calendar.add_component(event)
    return calendar.to_ical().decode()


def _whole_second(t: float, *, up: bool) -> datetime.datetime:
    milliseconds = int(utc_datetime64(np.array([t]))[0].astype(np.int64))
    seconds = math.ceil(milliseconds / 1000) if up else milliseconds // 1000
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _summary(record: Record) -> str:
    ends = [record[key] for key in ("from", "via", "to") if record[key]]
    return f"{record['name']}: {' > '.join(ends)}" if ends else str(record["name"])


def _description(record: Record) -> str:
    lines = [
        f"{record['start_utc']} ({record['start_cause']})",
        f"to {record['stop_utc']} ({record['stop_cause']})",
        f"{record['duration_s']} s",
    ]
    shown: dict[str, Any] = {
        "highest elevation": (record["max_elevation_deg"], "deg"),
        "range from": (record["min_range_km"], "km"),
        "range to": (record["max_range_km"], "km"),
    }
    lines += [f"{key} {value} {unit}" for key, (value, unit) in shown.items() if value]
    if record["assumed"]:
        lines.append("rests on a value that the mission file calls assumed")
    return "\n".join(lines)
