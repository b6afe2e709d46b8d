"""Compiled code: kept once, keyed by the sources, safe for two processes, announced."""

import os
import subprocess
import sys
from pathlib import Path

from orbits import compiled

SMALL = """
import orbits.compiled as c
import numpy as np
from orbits.range_max import RangeMax
from orbits.chebyshev import Series, pack, evaluate
buffer, table = pack([Series(0.0, 10.0, np.ones((2, 3, 4)))])
out = np.zeros(3)
evaluate(buffer, table, 0, 3.0, out)
print(out[0], sum(evaluate.stats.cache_hits.values()), c.cache_folder())
"""


def run(folder: Path) -> list[str]:
    env = {**os.environ, "ORBITS_CACHE": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", SMALL], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_a_second_process_loads_what_the_first_compiled(tmp_path):
    first, second = run(tmp_path), run(tmp_path)
    assert first[0] == second[0]
    assert (first[1], second[1]) == ("0", "1")
    assert Path(first[2]).is_relative_to(tmp_path)


def test_two_processes_may_start_at_once(tmp_path):
    env = {**os.environ, "ORBITS_CACHE": str(tmp_path)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", SMALL], env=env, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert outputs[0][0] == outputs[1][0]
    assert run(tmp_path)[1] == "1"


def test_the_key_follows_every_source_with_compiled_code(tmp_path, monkeypatch):
    package = tmp_path / "orbits"
    package.mkdir()
    source = package / "kernel.py"
    monkeypatch.setattr(compiled, "__file__", str(package / "compiled.py"))
    monkeypatch.setenv("ORBITS_CACHE", str(tmp_path / "cache"))
    names = []
    for text in ("@compiled\ndef f(): return 1\n", "@compiled\ndef f(): return 2\n"):
        source.write_text(text)
        names.append(compiled.cache_folder.__wrapped__().name)
    (package / "prose.py").write_text("words = 1\n")
    names.append(compiled.cache_folder.__wrapped__().name)
    assert names[0] != names[1] == names[2]


def test_a_folder_that_cannot_be_written_gives_way_to_the_temporary_one(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ORBITS_CACHE", str(blocked))
    folder = compiled.cache_folder.__wrapped__()
    assert folder.is_dir()
    assert not folder.is_relative_to(tmp_path)


def test_the_first_compilation_is_announced_and_only_that(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(compiled, "cache_folder", lambda: tmp_path)
    compiled.announce()
    assert "compiling the integrator" in caplog.text
    caplog.clear()
    compiled.mark_complete()
    compiled.announce()
    assert caplog.text == ""
