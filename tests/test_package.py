"""The package as it is imported, built and installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import pres_teach

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock.txt", "requirements.learn.txt")


def python(code: str, **environment: str) -> str:
    """Run code in a fresh interpreter and give what it prints."""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


# --- the table of contents ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", pres_teach.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pres_teach, name) is not None
    assert name in dir(pres_teach)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pres_teach' has no attribute 'leson'"):
        pres_teach.leson  # noqa: B018


def test_importing_the_package_loads_nothing_but_itself() -> None:
    heavy = "{'numpy', 'scipy', 'pydantic', 'pandas', 'matplotlib', 'ipywidgets', 'pint', 'ruamel', 'typer'}"
    assert python(f"import sys, pres_teach; print(sorted({heavy} & set(sys.modules)))") == "[]\n"


def test_a_plain_script_never_loads_a_widget_or_a_figure() -> None:
    code = (
        "import sys, pres_teach\n"
        "pres_teach.read_case, pres_teach.simulate, pres_teach.acquire, pres_teach.Encounter, pres_teach.library\n"
        "print(sorted({'pandas', 'matplotlib', 'ipywidgets', 'anywidget'} & set(sys.modules)))"
    )
    assert python(code) == "[]\n"


def test_a_lesson_never_loads_what_is_slow_and_not_needed() -> None:
    code = (
        "import sys, pres_teach; pres_teach.lesson\n"
        "print(sorted({'scipy.stats', 'scipy.signal', 'pandas', 'matplotlib.pyplot', 'nibabel'} & set(sys.modules)))"
    )
    assert python(code) == "[]\n"


# --- the wheel ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_runs_on_any_system(wheel: Path) -> None:
    assert wheel.name == f"pres_teach-{pres_teach.__version__}-py3-none-any.whl"


def test_the_wheel_holds_data_cases_and_notebooks(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pres_teach").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected |= {f"pres_teach/cases/{path.name}" for path in (ROOT / "cases").glob("*.yaml")}
    expected |= {f"pres_teach/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert expected <= held
    assert "pres_teach/py.typed" in held


def test_the_wheel_carries_both_licences(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert [name for name in held if name.endswith("licenses/LICENSE")]
    assert [name for name in held if name.endswith("licenses/pres_teach/imaging/MNI_COPYING.txt")]
    assert "pres_teach/imaging/MNI_COPYING.txt" in held


def test_the_anatomy_in_the_wheel_carries_the_notice_of_the_average_brain(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    asset = files.read("pres_teach/imaging/anatomy.bin")
    header = json.loads(asset[12 : 12 + int.from_bytes(asset[8:12], "little")])
    assert header["notice"] == files.read("pres_teach/imaging/MNI_COPYING.txt").decode("utf-8")
    assert "provided that the above copyright notice appear in all copies" in " ".join(header["notice"].split())
    assert "ICBM 2009a" in header["derived"]


def test_the_wheel_holds_no_leftovers(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in held if "__pycache__" in name or ".ipynb_checkpoints" in name or name.endswith(".pyc")]


def test_an_installed_package_finds_its_cases_and_notebooks(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import pathlib, pres_teach, pres_teach.case\n"
        "package = pathlib.Path(pres_teach.__file__).parent\n"
        f"assert package == pathlib.Path({str(tmp_path)!r}) / 'pres_teach', package\n"
        "print(pres_teach.case.ids())\n"
        "assert (package / 'notebooks' / '00_start_here.ipynb').is_file()\n"
        "[pres_teach.read_case(name) for name in pres_teach.case.ids()[:1]]"
    )
    found = python(code, PYTHONPATH=str(tmp_path), PYTHONSAFEPATH="1")
    assert found == f"{tuple(sorted(path.stem for path in (ROOT / 'cases').glob('*.yaml')))!r}\n"


# --- the locked packages ------------------------------------------------------------------------------------------


def pins(name: str) -> dict[str, list[Requirement]]:
    """Give the pinned requirements of a lock; several of one name differ by their markers."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line and line[0] not in " #":
            requirement = Requirement(line.rstrip(" \\"))
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def wanted(lock: str) -> list[Requirement]:
    groups = list(PROJECT["project"]["dependencies"]) + list(PROJECT["project"]["optional-dependencies"]["lab"])
    if lock == "requirements.lock.txt":
        groups += PROJECT["dependency-groups"]["test"]
    return [Requirement(line) for line in groups]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_within_its_range(lock: str) -> None:
    held = pins(lock)
    for requirement in wanted(lock):
        versions = [str(pin.specifier).removeprefix("==") for pin in held[canonicalize_name(requirement.name)]]
        assert versions
        for version in versions:
            assert requirement.specifier.contains(version), f"{requirement.name} {version}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    for name, requirements in pins(lock).items():
        for requirement in requirements:
            assert str(requirement.specifier).startswith("=="), name
    assert all("--hash=sha256:" in entry for entry in text.split("\n\n") if "==" in entry)
    # a pin without its hashes would end its line without the backslash
    assert not [line for line in text.splitlines() if "==" in line and not line.endswith("\\")]


def test_learners_and_tests_have_the_same_versions() -> None:
    tested = pins("requirements.lock.txt")
    for name, requirements in pins("requirements.learn.txt").items():
        assert {str(r.specifier) for r in requirements} <= {str(r.specifier) for r in tested[name]}, name


@pytest.mark.parametrize("lock", [*LOCKS, "binder/requirements.txt"])
def test_no_address_stands_in_a_lock(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec make test"
    if os.name == "posix":
        assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_citation_names_this_version() -> None:
    lines = (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    assert f"version: {pres_teach.__version__}" in lines


def test_each_dependency_has_its_reason() -> None:
    reasons = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for requirement in wanted("requirements.lock.txt"):
        assert requirement.name in reasons, requirement.name
