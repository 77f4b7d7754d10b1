"""The command line: jifen demo, serve, work, migrate, config, doctor, tenant, token, event-types, rulebook, trial,
import, export, rejections, verify, audit, person.

Errors are one line and exit code 1, or 2 for a call that can't be understood; --json prints one JSON document. Commands
import what they need when they run: metrics decide at import whether processes add up, and `serve` must say so first.
"""

import click

from service import __version__
from service.commands import (
    access,
    doctor,
    event_types,
    exports,
    files,
    imports,
    personal,
    proof,
    rejections,
    results,
    rulebooks,
    running,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jifen")
def main() -> None:
    """Points-based appraisal: events in, exact points, tiers and ranks out."""


for command in (
    running.demo,
    running.serve_command,
    running.work_command,
    running.migrate,
    running.config,
    doctor.doctor,
    access.tenant,
    access.token,
    event_types.event_types_group,
    rulebooks.rulebook,
    results.trial,
    imports.import_group,
    exports.export_command,
    rejections.rejections_group,
    results.verify_command,
    proof.audit,
    personal.person,
):
    main.add_command(command)
for command in (files.import_events, files.import_template):
    imports.import_group.add_command(command)
