"""Where each key and value of a TOML text stands, so that a fault can be shown in place.

``tomllib`` says what a file means but not where; this module says where and nothing else.
It reads text that ``tomllib`` has already accepted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"{3,5}|'''.*?'{3,5}|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'", re.DOTALL
)
_SCALAR = re.compile(r"[^\s,\]}#](?:[^,\]}#\n]*[^\s,\]}#])?")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_PLAIN_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line of text.

    Attributes
    ----------
    line, column : int
        Counted from 1, columns in characters.
    width : int
        Characters, at least 1; a value of many lines counts to the end of its first.
    """

    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class Places:
    """The places of all keys and values of a TOML text, by path.

    Attributes
    ----------
    keys : dict
        Path to the place of the key; for a table, of its name in the last header or the
        first dotted key that made it; for an element of an array, of the element.
    values : dict
        Path to the place of the value; for a table with a header, of that name too.
    """

    keys: dict[Path, Place]
    values: dict[Path, Place]

    def key(self, path: Path) -> Place:
        """Return the place of the key at ``path``, or of the nearest table around it."""
        return self._nearest(self.keys, path)

    def value(self, path: Path) -> Place:
        """Return the place of the value at ``path``, or of the nearest table around it."""
        return self._nearest(self.values, path)

    def _nearest(self, places: dict[Path, Place], path: Path) -> Place:
        for end in range(len(path), 0, -1):
            if path[:end] in places:
                return places[path[:end]]
        return Place(1, 1, 1)


def locate(text: str) -> Places:
    """Return the places of every key and value in ``text``, which must be valid TOML 1.0."""
    return _Scanner(text).scan()


class _Scanner:
    """One pass over a text, with a cursor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.arrays: dict[Path, int] = {}  # how many elements each array of tables has so far

    def scan(self) -> Places:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return Places(self.keys, self.values)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _place(self, start: int, stop: int) -> Place:
        line = self._line_of(start)
        end_of_line = self.text.find("\n", start)
        if end_of_line >= 0:
            stop = min(stop, end_of_line)
        return Place(line, start - self.starts[line - 1] + 1, max(1, stop - start))

    def _line_of(self, position: int) -> int:
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= position else (low, middle)
        return low + 1

    def _dotted(self) -> Iterator[tuple[str, int, int]]:
        """Yield each part of a dotted key with its start and stop."""
        while True:
            self._skip(_SPACE)
            start = self.at
            quoted = self.text[start] in "\"'"
            match = (_STRING if quoted else _BARE_KEY).match(self.text, start)
            assert match is not None, "the text was accepted by tomllib"
            self.at = match.end()
            yield (_unquote(match.group()) if quoted else match.group()), start, self.at
            self._skip(_SPACE)
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return
            self.at += 1

    def _header(self) -> Path:
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        path: Path = ()
        parts = list(self._dotted())
        for k, (name, start, stop) in enumerate(parts):
            path = (*path, name)
            place = self._place(start, stop)
            last = k == len(parts) - 1
            if last and array:
                self.keys.setdefault(path, place)
                self.values.setdefault(path, place)
                index = self.arrays.get(path, -1) + 1
                self.arrays[path] = index
                path = (*path, index)
            elif path in self.arrays:
                path = (*path, self.arrays[path])
            if last:
                self.keys[path] = self.values[path] = place
            else:
                self.keys.setdefault(path, place)
                self.values.setdefault(path, place)
        self.at += 2 if array else 1
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for name, start, stop in self._dotted():
            path = (*path, name)
            place = self._place(start, stop)
            self.keys.setdefault(path, place)
            self.values.setdefault(path, place)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        start = self.at
        first = self.text[start]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            match = (_STRING if first in "\"'" else _SCALAR).match(self.text, start)
            assert match is not None, "the text was accepted by tomllib"
            self.at = match.end()
        self.values[path] = self._place(start, self.at)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] != "]":
            self._value((*path, index))
            self.keys[(*path, index)] = self.values[(*path, index)]
            index += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1


def _unquote(key: str) -> str:
    """Return the text of a quoted key."""
    if key[0] == "'":
        return key[1:-1]
    return _ESCAPE.sub(_escaped, key[1:-1])


def _escaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _PLAIN_ESCAPES.get(code, code)
