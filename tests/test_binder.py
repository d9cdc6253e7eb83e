"""What Binder builds from: files that it accepts, and pins that the package accepts."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

#: The base image brings these; a pin would install them twice.
BROUGHT = {
    "ipykernel",
    "ipython",
    "ipywidgets",
    "jupyter-server",
    "jupyterlab",
    "jupyterlab-widgets",
    "notebook",
    "traitlets",
}
#: Only the tests need these; a learner's image stays small.
TESTS_ONLY = {"hypothesis", "import-linter", "mypy", "nbval", "nibabel", "nilearn", "playwright", "pytest", "ruff"}


def lines() -> list[str]:
    text = (BINDER / "requirements.txt").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def pinned() -> dict[str, str]:
    found = {}
    for line in lines():
        requirement = Requirement(line)
        found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def test_there_is_one_binder_folder_and_nothing_in_it_hides_the_rest() -> None:
    assert not (ROOT / ".binder").exists()
    assert {path.name for path in BINDER.iterdir()} == {"postBuild", "requirements.txt", "runtime.txt"}


def test_the_runtime_is_a_python_that_the_package_takes() -> None:
    text = (BINDER / "runtime.txt").read_text("utf-8")
    match = re.fullmatch(r"python-(3\.\d+)\n", text)
    assert match is not None
    assert SpecifierSet(PROJECT["requires-python"]).contains(match[1])


def test_only_packages_of_others_stand_there_each_with_its_version() -> None:
    for line in lines():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[0-9][0-9a-z.]*", line), line


def test_each_pin_lies_in_the_range_of_the_package() -> None:
    held = pinned()
    for requirement in map(Requirement, PROJECT["dependencies"]):
        name = canonicalize_name(requirement.name)
        if name in BROUGHT:
            assert name not in held
        else:
            assert requirement.specifier.contains(held[name]), name


def test_the_image_stays_small() -> None:
    assert not (BROUGHT | TESTS_ONLY) & set(pinned())


def test_the_pins_are_those_that_the_tests_run_on_or_newer_twins_for_its_python() -> None:
    locked = (ROOT / "requirements.lock.txt").read_text("utf-8")
    for name, version in pinned().items():
        assert re.search(rf"^{re.escape(name)}=={re.escape(version)}(?: |$)", locked, re.MULTILINE), name


def test_the_build_stops_at_its_first_error() -> None:
    script = (BINDER / "postBuild").read_text("utf-8").splitlines()
    assert script[0] == "#!/usr/bin/env bash"
    commands = [line for line in script if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    if os.name == "posix":
        assert os.access(BINDER / "postBuild", os.X_OK)


def test_the_build_installs_the_package_alone() -> None:
    script = (BINDER / "postBuild").read_text("utf-8")
    assert re.search(r"^python -m pip install --no-deps .*\.$", script, re.MULTILINE)


def test_binder_and_a_learner_at_home_have_the_same_settings_of_jupyterlab() -> None:
    assert "cp pres_teach/lab.json " in (BINDER / "postBuild").read_text("utf-8")
    settings = json.loads((ROOT / "pres_teach" / "lab.json").read_text("utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert settings["@jupyterlab/notebook-extension:tracker"]["windowingMode"] == "none"


@pytest.mark.parametrize("name", ["start", "environment.yml", "Dockerfile"])
def test_nothing_runs_at_every_launch_or_replaces_the_list(name: str) -> None:
    assert not (BINDER / name).exists()
