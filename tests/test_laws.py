"""The rules of the house, read from the source itself."""

import ast
import re
import socket
import subprocess
import sys
import tomllib

import pytest
from pytest_socket import SocketBlockedError

import orbits
from conftest import ROOT
from orbits.cli import main

SRC = ROOT / "src" / "orbits"
MODULES = sorted(SRC.rglob("*.py"))
TREES = {path.relative_to(SRC).as_posix(): ast.parse(path.read_text()) for path in MODULES}
EDGE = ("mission/", "plots/", "report/", "exports/", "cli/")  # where units other than SI live
UNIT = re.compile(
    r"[a-z0-9](?<!minus)_(km|deg|arcsec|utc|hours?|days?|minutes?|ms|km_s|km3_s2|percent)$"
)
MAY_OPEN_SOCKETS = {"cli/fetch.py"}  # `orbits data fetch`
MAY_CATCH_ALL = {"cli/answer.py"}  # the outermost boundary: a crash ends with code 70
NETWORK = {"socket", "ssl", "urllib.request", "http", "ftplib", "requests", "httpx", "aiohttp"}
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = {".py", ".toml", ".md", ".json", ".cff", ".bib", ".csv", ".mplstyle", ".yml"}
SCRIPTS = {"run", "check"}


def names(tree):
    """Every name that a module defines: functions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def project_files():
    skip = {".git", ".venv", "out", "build", "dist", "__pycache__", "node_modules"}
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part in skip or part.endswith(("_cache", ".egg-info")) for part in parts)
        if path.is_file() and not hidden and (path.suffix in TEXTS or path.name in SCRIPTS):
            yield path


def test_only_the_edge_has_names_with_units():
    core = {name: tree for name, tree in TREES.items() if not name.startswith(EDGE)}
    found = [f"{m}: {n}" for m, tree in core.items() for n in names(tree) if UNIT.search(n)]
    assert found == []


def test_no_module_is_longer_than_400_lines():
    long = {str(p.relative_to(SRC)): n for p in MODULES if (n := lines(p)) > 400}
    assert long == {}


def lines(path):
    return path.read_text().count("\n")


def test_no_function_is_longer_than_60_lines():
    long = {}
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                count = (
                    node.end_lineno - node.body[0].end_lineno
                    if ast.get_docstring(node)
                    else (node.end_lineno - node.lineno + 1)
                )
                if count > 60:
                    long[f"{module}: {node.name}"] = count
    assert long == {}


def test_the_public_names_are_these_and_all_of_them_exist():
    assert orbits.__all__ == [
        "Almanac", "Chain", "Event", "Frame", "Mission", "Outcome", "Site", "State",
        "Trajectory", "Windows", "load", "run",
    ]  # fmt: skip
    assert set(orbits._EXPORTS) == set(orbits.__all__)
    for name in orbits.__all__:
        assert getattr(orbits, name).__module__.startswith("orbits.")


def test_every_source_cited_stands_in_the_bibliography():
    bibliography = set(
        re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "references.bib").read_text(), re.M)
    )
    cited = {
        key: module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for key in re.findall(r"\[([a-z]+\d{3,4}[a-z]?)\]", ast.get_docstring(node) or "")
    }
    assert {key: module for key, module in cited.items() if key not in bibliography} == {}
    assert bibliography - set(cited) == set()


def test_only_data_fetch_can_open_a_socket():
    found = {
        module: sorted(used)
        for module, tree in TREES.items()
        if (used := NETWORK & set(imported(tree))) and module not in MAY_OPEN_SOCKETS
    }
    assert found == {}


def test_sockets_are_blocked_in_tests():
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.create_connection(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import socket; socket.socket()", "opened a socket"),
        ("import urllib.request as u; u.urlopen('http://localhost:9')", "looked up"),
    ],
)
def test_sockets_are_blocked_in_programs_that_tests_start(code, says):
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert f"a program started by a test {says}" in ended.stderr


def test_nothing_is_caught_blindly_or_left_unfinished():
    found = []
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                kinds = ast.unparse(node.type) if node.type else "everything"
                blind = re.search(r"\b(everything|BaseException|Exception)\b", kinds)
                if blind and module not in MAY_CATCH_ALL:
                    found.append(f"{module}:{node.lineno}: catches {kinds}")
            if isinstance(node, ast.Name) and node.id == "NotImplementedError":
                found.append(f"{module}:{node.lineno}: unfinished")
    assert found == []


def test_no_file_names_a_path_of_one_machine():
    absolute = re.compile(r"(?:^|[^A-Za-z0-9_.~])/(?:tmp|root|home|opt|work|Users)/[A-Za-z]")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if absolute.search(line)
    ]
    assert found == []


def test_no_script_is_called_like_a_module_of_python():
    scripts = [
        p for f in ("examples", "scripts", "benchmarks") for p in (ROOT / f).glob("*.py")
    ]
    assert [p.name for p in scripts if p.stem in sys.stdlib_module_names] == []


def test_imports_point_down():
    pytest.importorskip("importlinter", reason="needs the extra test")
    code = (
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert ended.returncode == 0, ended.stdout


def test_the_extras_of_the_design_exist_and_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = set(project["optional-dependencies"])
    assert extras >= {
        "test", "dev", "spice", "bench", "poliastro", "de440", "exchange", "docs",
    }  # fmt: skip
    assert project["requires-python"] == ">=3.11"
    assert [name for name in extras if f"`{name}`" not in README] == []


def test_ci_runs_the_test_command_of_the_readme():
    command = next(line for line in README.splitlines() if "pytest" in line)
    assert command.strip() in (ROOT / ".ci" / "run").read_text()


def test_every_link_of_the_documents_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_mission_file_in_the_readme_says_what_the_mission_says():
    shown = tomllib.loads(README.split("```toml\n")[1].split("```")[0])
    mission = tomllib.loads((ROOT / "missions" / "change6-relay.toml").read_text("utf-8"))

    def differences(part, whole, path=""):
        for key, value in part.items():
            if isinstance(value, dict):
                yield from differences(value, whole[key], f"{path}{key}.")
            elif isinstance(value, list) and isinstance(value[0], dict):
                if not all(row in whole[key] for row in value):
                    yield f"{path}{key}"
            elif whole[key] != value:
                yield f"{path}{key}"

    assert list(differences(shown, mission)) == []


def test_the_run_in_the_readme_is_what_the_command_prints(capsys, tmp_path):
    with pytest.raises(SystemExit):
        main(
            [
                "run",
                str(ROOT / "missions" / "change6-relay.toml"),
                "-o",
                str(tmp_path / "out"),
                "--no-plots",
            ]
        )
    printed = capsys.readouterr().out
    block = README.split("The run says")[1].split("```text\n")[1].split("```")[0]
    assert [line for line in block.splitlines() if line not in printed.splitlines()] == []
