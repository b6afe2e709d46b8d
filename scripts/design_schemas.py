"""The parts of the schemas of ``orbits design``: halos, families, frozen ellipses, relays."""


def design_documents(kinds):
    """Return {name: properties} from the words of make_document_schemas.py."""
    table, rows, absent = kinds["table"], kinds["rows"], kinds["absent"]
    text, number, length, count = (
        kinds["TEXT"],
        kinds["NUMBER"],
        kinds["LENGTH"],
        kinds["COUNT"],
    )
    instant = kinds["INSTANT"]
    vector = {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
    orbit = {
        "jacobi": number,
        "period_s": length,
        "period_day": length,
        "stability_index": length,
        "az_km": length,
        "greatest_z_km": length,
        "perilune_radius_km": length,
        "apolune_radius_km": length,
        "state": {"type": "array", "items": number, "minItems": 6, "maxItems": 6},
        "period": length,
        "mass_ratio": length,
        "length_unit_km": length,
        "time_unit_s": length,
    }
    family = {
        "system": text,
        "family": {"enum": ["halo", "lyapunov", "vertical", "distant-retrograde"]},
        "point": {"enum": ["L1", "L2"]},
        "branch": {"enum": ["northern", "southern"]},
    }
    sky = table(
        epoch_utc=instant,
        revolutions=count,
        period_day=length,
        least_range_km=length,
        greatest_range_km=length,
        axis_distance_km=length,
        model_distance_km=length,
        iterations=count,
        position_jump_m=length,
        velocity_jump_m_s=length,
        tolerance=length,
        single_arc_revolutions=length,
        single_arc_lost_revolutions=absent(length),
        center=text,
        frame=text,
        position_km=vector,
        velocity_km_s=vector,
    )
    kept = table(
        floor_km=length,
        burns=count,
        burn_utc={"type": "array", "items": instant},
        delta_v_m_s={"type": "array", "items": length},
        delta_v_m_s_per_year=length,
        lowest_perilune_km=number,
    )
    ellipse = table(
        kind={"const": "ellipse"},
        semi_major_axis_km=length,
        perilune_altitude_km=length,
        apolune_over={"enum": ["south", "north"]},
        retrograde={"type": "boolean"},
        raan_deg=number,
        mean_anomaly_deg=number,
    )
    halo = table(
        kind={"const": "halo"},
        az_km=length,
        point=family["point"],
        branch=family["branch"],
        phase=number,
    )
    change = {"enum": ["tangent", "period-doubling", "secondary-hopf"]}
    return {
        "design-halo": {**family, **orbit, "members_found": count, "real_sky": absent(sky)},
        "design-family": {
            **family,
            "traced": count,
            "members": rows(**orbit),
            "bifurcations": rows(kind=change, after_member=count, **orbit),
        },
        "design-frozen": {
            "epoch_utc": instant,
            "frame": text,
            **dict.fromkeys(
                (
                    "semi_major_axis_km",
                    "eccentricity",
                    "eccentricity_range",
                    "eccentricity_swing",
                    "eccentricity_swing_median",
                ),
                length,
            ),
            **dict.fromkeys(
                (
                    "inclination_deg",
                    "raan_deg",
                    "argp_deg",
                    "true_anomaly_deg",
                    "relation_inclination_deg",
                    "moon_equator_inclination_deg",
                    "lowest_perilune_km",
                    "eccentricity_drift",
                    "argument_excursion_deg",
                ),
                number,
            ),
            "iterations": count,
            "position_km": vector,
            "velocity_km_s": vector,
            "maintenance": absent(kept),
        },
        "design-relay": {
            "tries": count,
            "points": rows(
                design={"anyOf": [ellipse, halo]},
                availability_percent=length,
                longest_gap_s=length,
                longest_eclipse_s=length,
                slant_range_km=length,
                insertion_delta_v_m_s=length,
                yearly_delta_v_m_s=length,
            ),
        },
    }
