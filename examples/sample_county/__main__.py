"""Prints the sample county: `python -m examples.sample_county --events` the year's events, one JSON document a line."""

import argparse
import json
import sys

from examples import sample_county


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m examples.sample_county", description=__doc__)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--events", action="store_true", help="the year's events as NDJSON")
    asked.add_argument("--roster", action="store_true", help="the body of POST /v1/roster")
    asked.add_argument("--event-types", action="store_true", help="the event types by name")
    asked.add_argument("--rulebook", action="store_true", help="the rulebook's YAML")
    said = parser.parse_args()
    if said.rulebook:
        sys.stdout.write(sample_county.rulebook().decode())
    elif said.event_types:
        _print(sample_county.event_types())
    elif said.roster:
        _print({"organisations": sample_county.organisations(), "workers": sample_county.workers()})
    else:
        for event in sample_county.events():
            _print(event)


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
