"""Propagation side by side: this package and its peers, same numbers in, same places out.

    python benchmarks/propagation.py                  # everything; about a quarter of an hour
    python benchmarks/propagation.py --cases points field-50

Each peer runs in a process of its own, on one core, and they take turns: one run of the first,
one of the second, and so on, so that a disturbance of the machine hits all. For each case a
peer's tolerance is the loosest of its ladder with which, and with the next tighter one, it ends
within the case's limit of its own tightest run: both are timed. What is left between it and the
reference then is a difference of the model, and shown beside. Results go to benchmarks/results;
cases that are not run again keep theirs. Tolerances found before are tried first, and kept if
both still lie within the limit.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
from cases import CASES, SPAN, Case
from tables import Results, Row

HERE = Path(__file__).resolve().parent
PEERS = ("here", "here_dense", "brahe", "brahe_default", "nyx", "heyoka", "orekit")
ROUNDS = 9
PATIENCE = 3.0  # s: rounds of one case and peer end after this, three at least
SLOW = 1.0  # s: peers that take longer try the tolerances of an earlier run first
QUICK = 0.02  # s: shorter runs are timed several at a time


# -- one peer, in its own process ---------------------------------------------------------


def work(peer_name: str, folder: Path, cores: int) -> None:
    """Answer requests, one JSON line each, until the input ends."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    from kernels import Kernels, almanac

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a peer prints goes to stderr
    peer = import_module(f"peers.{peer_name}")
    kernels = Kernels(folder, almanac(SPAN))
    cases = {case.name: case for case in CASES}
    runs, inner, key = {}, {}, None

    def say(**facts) -> None:
        print(json.dumps(facts), file=answers, flush=True)

    say(name=peer.NAME, version=peer.version(), ladder=list(peer.LADDER))
    for line in sys.stdin:
        request = json.loads(line)
        case = cases[request["case"]]
        if request["do"] == "refusal":
            say(refusal=peer.refusal(case))
        elif request["do"] == "prepare":
            key = request["case"], request["tolerance"]
            if key in runs:
                say(known=True)
                continue
            begin = time.perf_counter()
            runs[key] = run = peer.prepare(case, request["tolerance"], kernels, cores)
            prepared = time.perf_counter() - begin
            ends = run()
            first = time.perf_counter() - begin - prepared
            say(prepared=prepared, first=first, ends=ends.tolist())
        elif request["do"] == "warm":
            for _ in range(getattr(peer, "WARM", 1)):
                begin = time.perf_counter()
                runs[key]()
                inner[key] = max(1, int(QUICK / (time.perf_counter() - begin)))
            say(inner=inner[key])
        elif request["do"] == "time":
            begin, cpu = time.perf_counter(), time.process_time()
            for _ in range(inner[key]):
                runs[key]()
            wall, used = time.perf_counter() - begin, time.process_time() - cpu
            say(wall=wall / inner[key], cpu=used / inner[key])


class Worker:
    """The process of one peer."""

    def __init__(self, peer: str, folder: Path, cores: int) -> None:
        self.peer = peer

        program = [sys.executable, str(HERE / "propagation.py")]
        self.process = subprocess.Popen(
            [*program, "--worker", peer, str(folder), "--cores", str(cores)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": str(cores), "NUMBA_NUM_THREADS": "1"},
        )
        self.about = self._answer()

    def ask(self, do: str, case: Case, **facts) -> dict:
        request = {"do": do, "case": case.name, **facts}
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.peer} ended: see its messages above")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


# -- all peers ----------------------------------------------------------------------------


def reference(case: Case, folder: Path) -> np.ndarray:
    """Return the end positions (n, 3) that others are held against, m."""
    if case.reference is not None:
        return np.array([case.reference])
    from kernels import Kernels, almanac

    here = import_module("peers.here")
    kernels = Kernels(folder, almanac(SPAN))
    return here.prepare(case, 3e-14, kernels, os.cpu_count())()


def settle(worker: Worker, case: Case, ends: np.ndarray, known: list[float]) -> list[Row]:
    """Return rows at the two tolerances to time, or one that says why there are none.

    ``known`` are those found in an earlier run: tried before the ladder by slow peers.
    """
    refusal = worker.ask("refusal", case)["refusal"]
    name = worker.about["name"]
    if refusal:
        return [Row(case.name, name, refusal=refusal)]
    ladder = worker.about["ladder"]
    answer = worker.ask("prepare", case, tolerance=ladder[-1])
    tightest = np.array(answer["ends"])
    off = np.linalg.norm(tightest - ends, axis=1).max()
    say(f"    {name} at {ladder[-1]:g}: {off:.4f} m from the reference")
    tried: dict[float, Row] = {}
    slow = answer["prepared"] + answer["first"] > SLOW
    pairs = [tuple(known)] if slow and len(known) == 2 else []
    rows: list[Row] = []
    for pair in (*pairs, *pairwise(ladder[:-1])):
        for tolerance in pair:
            if tolerance not in tried:
                tried[tolerance] = _tried(worker, case, tolerance, tightest, ends)
        rows = [tried[tolerance] for tolerance in pair]
        if max(row.truncation for row in rows) <= case.limit:
            break
    return rows


def _tried(
    worker: Worker, case: Case, tolerance: float, tightest: np.ndarray, ends: np.ndarray
) -> Row:
    answer = worker.ask("prepare", case, tolerance=tolerance)
    found = np.array(answer["ends"])
    row = Row(case.name, worker.about["name"], tolerance=tolerance)
    row.error = float(np.linalg.norm(found - ends, axis=1).max())
    row.truncation = float(np.linalg.norm(found - tightest, axis=1).max())
    row.prepared, row.first = answer["prepared"], answer["first"]
    say(f"    {row.peer} at {tolerance:g}: {row.truncation:.4f} m, {row.first:.3f} s")
    return row


def measure(
    case: Case, peers: list[str], folder: Path, cores: int, before: list[Row]
) -> list[Row]:
    """Time one case with all peers in turn."""
    say(case.title)
    ends = reference(case, folder)
    workers = {peer: Worker(peer, folder, cores) for peer in peers}
    chosen = {}
    for peer, worker in workers.items():
        name = worker.about["name"]
        known = [r.tolerance for r in before if (r.case, r.peer) == (case.name, name)]
        chosen[peer] = settle(worker, case, ends, list(dict.fromkeys(known))[-2:])
    for place in (0, 1):
        running = {
            peer: rows[place]
            for peer, rows in chosen.items()
            if len(rows) > place and rows[place].refusal is None
        }
        for peer, row in running.items():
            row.cores = cores
            workers[peer].ask("prepare", case, tolerance=row.tolerance)
            workers[peer].ask("warm", case)
        for _ in range(ROUNDS):
            for peer, row in running.items():
                if len(row.wall) >= 3 and sum(row.wall) > PATIENCE:
                    continue
                answer = workers[peer].ask("time", case)
                row.wall.append(answer["wall"])
                row.cpu.append(answer["cpu"])
    for worker in workers.values():
        worker.close()
    return [row for rows in chosen.values() for row in rows]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", default=[case.name for case in CASES])
    parser.add_argument("--peers", nargs="+", default=list(PEERS))
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--worker", nargs=2, metavar=("PEER", "FOLDER"))
    parser.add_argument("--cores", type=int, default=1)
    options = parser.parse_args()
    if options.worker:
        work(options.worker[0], Path(options.worker[1]), options.cores)
        return
    from kernels import write_all

    options.results.mkdir(exist_ok=True)
    results = Results.read(options.results)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_all(folder, SPAN)
        for peer in options.peers:
            worker = Worker(peer, folder, 1)
            results.versions[worker.about["name"]] = worker.about["version"]
            worker.close()
        for case in CASES:
            if case.name not in options.cases:
                continue
            load, rows = os.getloadavg()[0], []
            for cores in (1, 2) if case.samples else (1,):
                rows += measure(case, options.peers, folder, cores, results.rows + rows)
            results.take(case.name, rows, f"{time.strftime('%Y-%m-%d')}, load {load:.1f}")
            results.write(options.results)  # so that a long run can be read as it goes


if __name__ == "__main__":
    main()
