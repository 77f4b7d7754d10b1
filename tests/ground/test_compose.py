"""compose.yaml: what its containers may do, and that the service needs no more than a read-only file system leaves.

Not shown, without an engine: that the images start so.
"""

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.faults.stack import within
from tests.upgrade.release import ROOT, Release, ask
from tests.upgrade.settled import proven, settled
from tests.upgrade.traffic import Traffic

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
OURS = ("migrate", "jifen", "work")
# What PostgreSQL's image needs to take its folder over and to become an ordinary user.
BEGINS_AS_ROOT = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}


@pytest.mark.parametrize("name", [*OURS, "database"])
def test_a_container_may_do_what_it_must_and_no_more(name: str) -> None:
    said = SERVICES[name]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert set(said.get("cap_add", [])) == (BEGINS_AS_ROOT if name == "database" else set())
    assert not {"privileged", "network_mode", "pid", "devices"} & said.keys()


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_as_the_images_user(name: str) -> None:
    user = next(line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("USER"))
    assert SERVICES[name]["user"] == f"{user}:{user}"
    assert all(f"uid={user},gid={user}" in folder for folder in SERVICES[name]["tmpfs"] if "/var/lib/jifen" in folder)


def test_nothing_is_reached_from_outside_the_machine_but_by_choice() -> None:
    ports = [port for said in SERVICES.values() for port in said.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


class ReadOnly(Release):
    """The service where nothing can be written but its data folder and /tmp."""

    def _command(self, *words: str) -> list[str]:
        folder, code = shlex.quote(str(self._data)), shlex.quote(str(self.code))
        closed = f"mount --make-rprivate / && mount --bind {folder} {folder} && mount --bind {code} {code}"
        closed += f" && mount -o remount,bind,ro {code} && mount -o remount,bind,ro /"
        closed += f" && ! touch {code}/x /var/x 2>/dev/null"
        serve = shlex.join(super()._command(*words))
        return ["unshare", "--mount", "sh", "-c", f"{closed} && cd {folder} && exec {serve}"]


def test_the_service_runs_on_a_read_only_file_system(url: str, tmp_path: Path) -> None:
    tried = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    if os.geteuid() != 0 or not shutil.which("unshare") or subprocess.run(tried, check=False).returncode != 0:
        pytest.skip("SKIPPED: a read-only file system wasn't tried, as this user may not mount")
    with ReadOnly(ROOT, url, tmp_path / "data") as service:
        assert within(30, lambda: ask(service.port, "GET", "/readyz").status == 200)
        token = settled(service)
        with Traffic(token, [service.port]) as traffic:
            traffic.go_on(20)
        proven(service, token, traffic)
