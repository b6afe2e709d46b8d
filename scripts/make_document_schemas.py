"""Write schemas/*.schema.json of the JSON documents; the mission file's comes from its models.

python scripts/make_document_schemas.py
"""

import json
from pathlib import Path
from runpy import run_path

from orbits.exports.windows import COLUMNS

FOLDER = Path(__file__).resolve().parents[1] / "schemas"

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number"}
LENGTH = {"type": "number", "minimum": 0}
INSTANT = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
    "description": "UTC, ISO 8601",
}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
VALUE = {"type": ["number", "string", "boolean", "null"]}


def absent(schema):
    """The same or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def table(**properties):
    """An object with exactly these names."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def rows(**properties):
    return {"type": "array", "items": table(**properties)}


PROVENANCE = table(
    version=TEXT,
    created_utc=INSTANT,
    mission_sha256=absent(SHA256),
    mission=absent({"type": "object"}),
    data={"type": "object"},
    python=TEXT,
    packages={"type": "object", "additionalProperties": TEXT},
)
PROBLEMS = rows(
    severity={"enum": ["error", "warning"]},
    file=TEXT,
    line=absent({"type": "integer", "minimum": 1}),
    column=absent({"type": "integer", "minimum": 1}),
    path=TEXT,
    message=TEXT,
    help=TEXT,
)
CONSTRAINTS = rows(
    link=TEXT,
    node=absent(TEXT),
    name=TEXT,
    body=absent(TEXT),
    margin=absent(NUMBER),
    unit=TEXT,
    holds=FLAG,
)

RUN = table(
    mission=absent(TEXT),
    mission_sha256=absent(SHA256),
    version=absent(TEXT),
    created_utc=absent(INSTANT),
)
CHANGES = rows(path=TEXT, before={}, after={})
ENDS = rows(id=TEXT, start_utc=INSTANT, stop_utc=INSTANT, duration_s=LENGTH)
VERDICT = {"enum": ["PASS", "FAIL"]}


def before_and_after(**columns):
    return {f"{k}_{when}": one for k, one in columns.items() for when in ("before", "after")}


def changed_rows(**columns):
    words = {"name": TEXT, "quantity": absent(TEXT), "unit": absent(TEXT)}
    return rows(**words, **before_and_after(**columns))


SAMPLES = {"type": "array", "items": {"type": "array", "items": VALUE}}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
DISTRIBUTION = table(mean_s=NUMBER, sigma_s=LENGTH, p05_s=NUMBER, p50_s=NUMBER, p95_s=NUMBER)


def column(name, kind):
    if name == "kind":
        kinds = ["leg", "chain", "eclipse", "gap"]
        return {"enum": [*kinds, "night", "conjunction", "outage", "contact", "access"]}
    always = {
        "id", "name", "start_utc", "stop_utc", "duration_s", "start_cause", "stop_cause",
        "start_truncated", "stop_truncated", "assumed",
    }  # fmt: skip
    schema = {"string": TEXT, "instant": INSTANT, "bool": FLAG, "float64": NUMBER}[kind]
    return schema if name in always else absent(schema)


WINDOWS = rows(**{name: column(name, kind) for name, (kind, _) in COLUMNS.items()})

NUMBERS = {"type": "array", "items": NUMBER}

DOCUMENTS = {
    "states": {
        "spacecraft": TEXT,
        "center": TEXT,
        "axes": TEXT,
        "time_utc": {"type": "array", "items": INSTANT},
        **dict.fromkeys(("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s"), NUMBERS),
    },
    "windows": {
        "span": table(start_utc=INSTANT, stop_utc=INSTANT, duration_s=LENGTH),
        "certificate": absent(
            table(
                certified=FLAG,
                resolution_s=LENGTH,
                edge_tolerance_s=LENGTH,
                evaluations=COUNT,
                undecided=rows(name=TEXT, start_utc=INSTANT, stop_utc=INSTANT),
                trajectory=absent(TEXT),
                ephemeris=absent(TEXT),
                orientation=absent(TEXT),
                light_time=absent(TEXT),
                refraction=absent(TEXT),
                terrain=absent(TEXT),
                earth_shape=absent(TEXT),
                statement=TEXT,
            )
        ),
        "windows": WINDOWS,
        "gaps": WINDOWS,
        "carried": rows(
            name=TEXT,
            start_utc=INSTANT,
            stop_utc=INSTANT,
            duration_s=LENGTH,
            nodes={"type": "array", "items": TEXT, "minItems": 2},
        ),
        "handovers": rows(
            name=TEXT,
            at_utc=INSTANT,
            before={"type": "array", "items": TEXT, "minItems": 2},
            after={"type": "array", "items": TEXT, "minItems": 2},
        ),
        "edge_budget": rows(
            name=TEXT,
            at_utc=INSTANT,
            event=TEXT,
            total_s=absent(LENGTH),
            total_of_all_s=absent(LENGTH),
            causes=rows(
                cause=TEXT,
                error=FLAG,
                first_order_s=absent(NUMBER),
                recomputed_s=absent(NUMBER),
            ),
        ),
        "dispersion": rows(
            id=TEXT,
            name=TEXT,
            start_utc=INSTANT,
            stop_utc=INSTANT,
            probability=SHARE,
            start_sigma_s=LENGTH,
            stop_sigma_s=LENGTH,
            duration_sigma_s=LENGTH,
            samples=absent(
                table(
                    flights=COUNT,
                    failed=COUNT,
                    probability=SHARE,
                    start=absent(DISTRIBUTION),
                    stop=absent(DISTRIBUTION),
                    duration=absent(DISTRIBUTION),
                )
            ),
        ),
        "volumes": rows(
            name=TEXT,
            date_utc={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
            volume_gbit=LENGTH,
        ),
        "seasons": rows(
            name=TEXT,
            start_utc=INSTANT,
            stop_utc=INSTANT,
            count=COUNT,
            longest_s=LENGTH,
            longest_start_utc=INSTANT,
            total_s=LENGTH,
            battery_s=absent(LENGTH),
            over_battery=absent(COUNT),
        ),
        "conjunctions": rows(
            name=TEXT,
            start_utc=INSTANT,
            stop_utc=INSTANT,
            least_angle_deg=NUMBER,
            least_angle_utc=INSTANT,
            superior=FLAG,
        ),
        "summary": {
            "type": "object",
            "additionalProperties": table(
                availability_percent={"type": "number", "minimum": 0, "maximum": 100},
                count=COUNT,
                total_s=LENGTH,
                longest_s=absent(LENGTH),
                longest_gap_s=absent(LENGTH),
                short=COUNT,
            ),
        },
    },
    "why": {
        "chain": TEXT,
        "at_utc": INSTANT,
        "open": FLAG,
        "paths": rows(
            nodes={"type": "array", "items": TEXT, "minItems": 2},
            open=FLAG,
            constraints=CONSTRAINTS,
        ),
        "blocking": CONSTRAINTS,
    },
    "check": {
        "files": rows(
            file=TEXT,
            problems=PROBLEMS,
            derived={"type": "object"},
            quantities={"type": "array", "items": TEXT},
            never_active={"type": "array", "items": TEXT},
        ),
    },
    "run": {
        "quantities": rows(path=TEXT, value=VALUE, unit=absent(TEXT), assumed=FLAG),
        "requirements": rows(
            name=TEXT,
            quantity=TEXT,
            value=VALUE,
            limit=VALUE,
            margin=absent(NUMBER),
            unit=absent(TEXT),
            verdict=VERDICT,
            assumed=FLAG,
        ),
        "flown": rows(
            name=TEXT,
            quantity=TEXT,
            planned=VALUE,
            observed=VALUE,
            difference=absent(NUMBER),
            unit=absent(TEXT),
            relation={"enum": ["about", "at least", "at most"]},
            within=absent(FLAG),
            assumed=FLAG,
        ),
        "varied": rows(
            name=TEXT,
            holds_for={"enum": ["all", "some", "none"]},
            passed=SAMPLES,
            failed=SAMPLES,
            not_flown=SAMPLES,
        ),
        "warnings": {"type": "array", "items": TEXT},
        "files": {"type": "array", "items": TEXT},
    },
    "diff": {
        "before": RUN,
        "after": RUN,
        "same": FLAG,
        "broken": {"type": "array", "items": TEXT},
        "inputs": CHANGES,
        "models": CHANGES,
        "quantities": rows(
            path=TEXT,
            before=VALUE,
            after=VALUE,
            change=absent(NUMBER),
            unit=TEXT,
            assumed=FLAG,
        ),
        "requirements": changed_rows(
            value=VALUE, limit=VALUE, margin=absent(NUMBER), verdict=absent(VERDICT)
        ),
        "flown": changed_rows(
            planned=VALUE, observed=VALUE, difference=absent(NUMBER), within=absent(FLAG)
        ),
        "windows": rows(
            name=TEXT,
            **before_and_after(
                count=absent(COUNT), total_s=absent(LENGTH), availability_percent=absent(LENGTH)
            ),
            unmoved=COUNT,
            moved=rows(
                id_before=TEXT,
                id_after=TEXT,
                start_utc=INSTANT,
                stop_utc=INSTANT,
                start_shift_s=absent(NUMBER),
                stop_shift_s=absent(NUMBER),
                **before_and_after(start_cause=TEXT, stop_cause=TEXT),
            ),
            appeared=ENDS,
            vanished=ENDS,
        ),
    },
    "error": {
        "code": {"enum": [3, 4, 5, 70, 130]},
        "kind": TEXT,
        "message": TEXT,
        "file": absent(TEXT),
        "line": absent({"type": "integer", "minimum": 1}),
        "column": absent({"type": "integer", "minimum": 1}),
        "path": absent(TEXT),
        "help": absent(TEXT),
        "problems": PROBLEMS,
    },
}


def schemas():
    """File name to text."""
    texts = {}
    designs = run_path(str(Path(__file__).with_name("design_schemas.py")))["design_documents"]
    for name, properties in {**DOCUMENTS, **designs(globals())}.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"orbits.{name}/1",
            **table(schema={"const": f"orbits.{name}/1"}, provenance=PROVENANCE, **properties),
        }
        texts[f"{name}-1.schema.json"] = json.dumps(schema, indent=2) + "\n"
    return texts


if __name__ == "__main__":
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
