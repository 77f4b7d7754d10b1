"""The Dockerfile's own instructions, run without a Docker engine.

Each stage is a folder; COPY and RUN are carried out in it, as written, with the stage's ARG and ENV and with
the build argument JIFEN_HOME turned to a folder of the test, so that nothing else of the machine is touched.
Shown: the pinned requirements install, the wheel holds all it needs, the build's leftovers aren't needed,
the entry point runs, the health check tells well from ill, .dockerignore lets through what COPY asks for.
Not shown: the base image and its packages, users and modes (the useradd line is read, not run), and Docker's
own reading of the file.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from string import Template

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str


@dataclass
class Stage:
    """What a FROM begins: its instructions, and once they are run its folder and environment."""

    name: str
    instructions: list[Instruction]
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)

    def all(self, word: str) -> list[str]:
        return [instruction.rest for instruction in self.instructions if instruction.word == word]

    def last(self, word: str) -> str:
        return self.all(word)[-1]


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [Instruction(word.upper(), rest) for word, rest in found]


def _stages() -> tuple[dict[str, str], list[Stage]]:
    """The arguments before the first FROM, and the stages."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for instruction in _instructions((ROOT / "Dockerfile").read_text()):
        if instruction.word == "FROM":
            image, *name = re.split(r"\s+AS\s+", instruction.rest, flags=re.IGNORECASE)
            stages.append(Stage(name[0] if name else image, []))
        elif stages:
            stages[-1].instructions.append(instruction)
        else:
            name_, _, value = instruction.rest.partition("=")
            arguments[name_] = value
    return arguments, stages


class Build:
    """Carries out the stages below `place`; afterwards only what the final stage holds is left."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.home = place / "home"  # stands for /opt/jifen, in every stage in turn
        self.arguments, self.stages = _stages()
        self.arguments["JIFEN_HOME"] = str(self.home)
        self.context = place / "context"
        _copy_what_is_not_ignored(self.context)
        self.kept: dict[str, Path] = {}
        for stage in self.stages:
            self._run_stage(stage)

    def _run_stage(self, stage: Stage) -> None:
        stage.environment = _clean_environment(self.place)
        for instruction in stage.instructions:
            self._carry_out(stage, instruction)
        if stage is not self.stages[-1]:
            # The next stage begins without it, but for what it copies.
            self.kept[stage.name] = self.place / f"kept-{stage.name}"
            self.home.rename(self.kept[stage.name])
            shutil.rmtree(self._folder(stage, "/"))

    def _carry_out(self, stage: Stage, instruction: Instruction) -> None:
        match instruction.word:
            case "ARG":
                stage.environment[instruction.rest] = self.arguments[instruction.rest]
            case "ENV":
                before = dict(stage.environment)
                for pair in shlex.split(instruction.rest):
                    name, _, value = pair.partition("=")
                    stage.environment[name] = Template(value).substitute(before)
            case "WORKDIR":
                stage.workdir = instruction.rest
                self._folder(stage, stage.workdir).mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(stage, Template(instruction.rest).substitute(stage.environment).split())
            case "RUN":
                self._run(stage, instruction.rest)
            case word:
                assert word in {"USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}, f"{word} isn't known here"

    def _folder(self, stage: Stage, path: str) -> Path:
        return self.place / f"stage-{self.stages.index(stage)}" / path.lstrip("/")

    def _copy(self, stage: Stage, words: list[str]) -> None:
        if words[0].startswith("--from="):
            source, target = words[1:]
            assert source == target == str(self.home), "only the home is copied between stages"
            shutil.copytree(self.kept[words[0].removeprefix("--from=")], self.home, symlinks=True)
            return
        *sources, target = words
        folder = self._folder(stage, stage.workdir) / target
        for source in sources:
            if (self.context / source).is_dir():
                shutil.copytree(self.context / source, folder, dirs_exist_ok=True)
            else:
                shutil.copy(self.context / source, folder)

    def _run(self, stage: Stage, line: str) -> None:
        if line.startswith("useradd "):
            assert "--system" in line.split()
            return
        folder = self._folder(stage, stage.workdir)
        done = subprocess.run(["sh", "-c", line], cwd=folder, env=stage.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"RUN {line}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"

    def execute(self, command: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as a container of the final stage would."""
        final = self.stages[-1]
        program = shutil.which(command[0], path=final.environment["PATH"])
        assert program, f"{command[0]} isn't on the image's PATH"
        return subprocess.run(
            [program, *command[1:]],
            cwd=self._folder(final, final.workdir),
            env=final.environment | more,
            capture_output=True,
            text=True,
            timeout=60,
        )


def _copy_what_is_not_ignored(to: Path) -> None:
    """The build's context: .dockerignore here refuses everything, then lets names through."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and line[0] != "#"]
    assert lines[0] == "*"
    to.mkdir()
    for name in (line[1:] for line in lines if line.startswith("!")):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)


def _clean_environment(place: Path) -> dict[str, str]:
    """This machine's, for pip's configuration, less what would lead to this checkout or its interpreter."""
    programs = place / "programs"
    programs.mkdir(exist_ok=True)
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    (programs / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(str(base))} "$@"\n')
    (programs / "python").chmod(0o755)
    ours = re.compile("PYTHON|VIRTUAL_ENV|PYTEST|COV_|JIFEN_|DATABASE_URL|MAKE|MFLAGS")
    inherited = {name: value for name, value in os.environ.items() if not ours.match(name)}
    return inherited | {"PATH": f"{programs}:/usr/bin:/bin"}


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return Build(tmp_path_factory.mktemp("image"))


def test_every_install_is_pinned_by_hashes_or_takes_nothing_from_outside() -> None:
    _, stages = _stages()
    installs = [
        command.split()
        for stage in stages
        for line in stage.all("RUN")
        for command in line.split("&&")
        if re.search(r"\bpip (--python \S+ )?(install|wheel)\b", command)
    ]
    assert len(installs) == 4
    for words in installs:
        assert "--require-hashes" in words or "--no-deps" in words, words


def test_the_container_runs_as_a_user_that_is_made_and_is_not_root() -> None:
    _, stages = _stages()
    final = stages[-1]
    user = final.last("USER")
    made = next(line.split() for line in final.all("RUN") if line.startswith("useradd "))
    assert user in {made[made.index("--uid") + 1], made[-1]}
    assert user not in {"0", "root"}
    words = [instruction.word for instruction in final.instructions]
    assert "RUN" not in words[words.index("USER") :]


def test_the_final_stage_installs_no_tools() -> None:
    _, stages = _stages()
    runs = " ".join(stages[-1].all("RUN"))
    assert not re.search(r"\b(apt|apt-get|apk|gcc|make|build-essential|pip|setuptools)\b", runs)


def test_the_entry_point_runs_from_the_final_stage_alone(build: Build) -> None:
    entry = json.loads(build.stages[-1].last("ENTRYPOINT"))
    done = build.execute([*entry, "--help"])
    assert done.returncode == 0, done.stderr
    for command in json.loads(build.stages[-1].last("CMD")):
        assert re.search(rf"^\s+{command}\b", done.stdout, re.MULTILINE), done.stdout


def test_the_installed_packages_are_whole_and_stand_alone(build: Build) -> None:
    question = (
        "import json, sys, pathlib, service, service.routes, schemas, sql, oracle;"
        "here = lambda package: pathlib.Path(package.__file__).parent;"
        "files = [str(file.relative_to(here(sql).parent)) for package in (service, schemas, sql, oracle)"
        " for file in here(package).rglob('*') if file.suffix in ('.py', '.sql')];"
        "print(json.dumps([str(here(service)), sorted(files)]))"
    )
    done = build.execute(["python", "-c", question])
    assert done.returncode == 0, done.stderr
    place, files = json.loads(done.stdout)
    assert Path(place).is_relative_to(build.home)
    expected = [
        str(file.relative_to(ROOT))
        for folder in ("service", "schemas", "sql", "oracle")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".py", ".sql")
    ]
    assert files == sorted(expected)


def test_the_image_carries_the_embedded_database_but_no_installer(build: Build) -> None:
    question = "from service.database.embedded import wheel_binaries as b; print(b() / 'postgres')"
    postgres = build.execute(["python", "-c", question]).stdout.strip()
    assert "PostgreSQL" in build.execute([postgres, "--version"]).stdout
    for tool in ("pip", "setuptools", "mypy"):
        assert build.execute(["python", "-c", f"import {tool}"]).returncode != 0


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_health_check_tells_well_from_ill(build: Build, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    command = json.loads(re.sub(r"^.*?CMD\s+", "", build.stages[-1].last("HEALTHCHECK")))
    assert build.execute(command, JIFEN_PORT=str(port)).returncode == 0
    monkeypatch.setattr(_Health, "status", 503)
    assert build.execute(command, JIFEN_PORT=str(port)).returncode != 0
