"""The command line: what it prints, what it refuses, what it starts."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import platformdirs
import pytest
from typer.testing import CliRunner

from pres_teach import __version__, cli

ROOT = Path(cli.__file__).parents[1]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Run commands with folders of their own."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *a, **k: tmp_path / "data")
    monkeypatch.setattr(platformdirs, "user_documents_path", lambda *a, **k: tmp_path / "Documents")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[cli.Launch]:
    """Collect what would be started, and start nothing."""
    launches: list[cli.Launch] = []

    def start(launch: cli.Launch) -> int:
        launches.append(launch)
        return 0

    monkeypatch.setattr(cli, "_start", start)
    return launches


def test_the_version_is_that_of_the_package(run: CliRunner) -> None:
    assert run.invoke(cli.app, ["--version"]).stdout == f"pres_teach {__version__}\n"


def test_help_names_every_command(run: CliRunner) -> None:
    shown = run.invoke(cli.app, ["--help"]).stdout
    assert all(command in shown for command in ("learn", "check", "binder-link", "not for care"))


# --- learn --------------------------------------------------------------------------------------------------------


def test_in_a_checkout_the_lessons_open_where_they_lie(run: CliRunner, started: list[cli.Launch]) -> None:
    result = run.invoke(cli.app, ["learn"])
    assert result.exit_code == 0
    (launch,) = started
    assert launch.command[:3] == (sys.executable, "-m", "jupyterlab")
    assert f"--ServerApp.root_dir={ROOT}" in launch.command
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in launch.command
    assert "--no-browser" not in launch.command


def test_installed_the_lessons_are_copied_to_the_documents(
    run: CliRunner, started: list[cli.Launch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "pres_teach"
    (package / "notebooks").mkdir(parents=True)
    (package / "notebooks" / "00_start_here.ipynb").write_text("{}", "utf-8")
    shutil.copyfile(ROOT / "pres_teach" / "lab.json", package / "lab.json")
    monkeypatch.setattr(cli, "_PACKAGE", package)
    assert run.invoke(cli.app, ["learn"]).exit_code == 0
    folder = tmp_path / "Documents" / "pres_teach"
    assert (folder / "notebooks" / "00_start_here.ipynb").read_text("utf-8") == "{}"
    assert f"--ServerApp.root_dir={folder}" in started[0].command


def test_a_folder_port_and_closed_browser_are_taken_as_asked(
    run: CliRunner, started: list[cli.Launch], tmp_path: Path
) -> None:
    result = run.invoke(cli.app, ["learn", "--folder", str(tmp_path / "mine"), "--no-browser", "--port", "9999"])
    assert result.exit_code == 0
    assert "--no-browser" in started[0].command
    assert "--ServerApp.port=9999" in started[0].command
    names = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (tmp_path / "mine" / "notebooks").iterdir()} == names


def test_a_learners_own_notebook_is_kept_and_said_so(run: CliRunner, started: list[cli.Launch], tmp_path: Path) -> None:
    mine = tmp_path / "notebooks" / "00_start_here.ipynb"
    mine.parent.mkdir()
    mine.write_text("my notes", "utf-8")
    result = run.invoke(cli.app, ["learn", "--folder", str(tmp_path)])
    assert mine.read_text("utf-8") == "my notes"
    assert "Kept your own copies of 00_start_here.ipynb." in result.stdout


def test_a_folder_that_cannot_be_written_is_told_in_words(
    run: CliRunner, started: list[cli.Launch], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = run.invoke(cli.app, ["learn", "--folder", str(tmp_path / "file" / "x")])
    assert result.exit_code == 1
    assert "cannot be put into" in result.stderr
    assert "--folder" in result.stderr
    assert not started


def test_without_jupyterlab_the_remedy_is_told(
    run: CliRunner, started: list[cli.Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    result = run.invoke(cli.app, ["learn"])
    assert result.exit_code == 1
    assert result.stderr == 'JupyterLab is missing. Install it with: python -m pip install "pres_teach[lab]"\n'
    assert not started


def test_jupyterlab_gets_settings_of_its_own(run: CliRunner, started: list[cli.Launch], tmp_path: Path) -> None:
    run.invoke(cli.app, ["learn"])
    own = tmp_path / "data" / "jupyterlab"
    assert started[0].environment["JUPYTERLAB_SETTINGS_DIR"] == str(own / "settings")
    assert started[0].environment["JUPYTERLAB_WORKSPACES_DIR"] == str(own / "workspaces")
    news = own / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    assert json.loads(news.read_text("utf-8")) == {"checkForUpdates": False, "fetchNews": "false"}
    tracker = own / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    assert json.loads(tracker.read_text("utf-8"))["windowingMode"] == "none"


def test_what_a_learner_set_in_jupyterlab_stays(run: CliRunner, started: list[cli.Launch], tmp_path: Path) -> None:
    run.invoke(cli.app, ["learn"])
    (changed,) = (tmp_path / "data").rglob("tracker.jupyterlab-settings")
    changed.write_text('{"windowingMode": "full"}', "utf-8")
    run.invoke(cli.app, ["learn"])
    assert changed.read_text("utf-8") == '{"windowingMode": "full"}'


# --- check --------------------------------------------------------------------------------------------------------


def test_the_cases_of_the_package_are_fine(run: CliRunner) -> None:
    files = sorted(str(path) for path in (ROOT / "cases").glob("*.yaml"))
    result = run.invoke(cli.app, ["check", *files])
    assert result.stdout.splitlines() == [f"{file}: fine" for file in files]
    assert result.exit_code == 0


def test_every_fault_of_every_file_is_told(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: 3\nnonsense: yes\n", "utf-8")
    (tmp_path / "b.yaml").write_text("- not a case\n", "utf-8")
    files = [str(tmp_path / name) for name in ("a.yaml", "b.yaml", "missing.yaml")]
    result = run.invoke(cli.app, ["check", *files])
    assert result.exit_code == 1
    for file in files:
        assert any(line.startswith(file) for line in result.stdout.splitlines())
    assert '"nonsense"' in result.stdout
    faults = len(result.stdout.splitlines())
    assert result.stderr == f"{faults} faults in 3 of 3 files.\n"


def test_a_folder_is_told_from_a_file_that_is_not_there(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(cli.app, ["check", str(tmp_path)])
    assert result.stdout == f"{tmp_path}: a case is one file; found a folder; name a file in it\n"
    assert result.stderr == "1 fault in 1 file.\n"
    assert result.exit_code == 1


def test_a_slip_in_the_name_of_a_file_names_the_nearest(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "liver.yaml").touch()
    result = run.invoke(cli.app, ["check", str(tmp_path / "livr.yaml")])
    assert 'did you mean "liver.yaml"?' in result.stdout


# --- binder-link --------------------------------------------------------------------------------------------------


def test_a_binder_link_names_a_tag_and_opens_the_first_lesson(run: CliRunner) -> None:
    link = "https://mybinder.org/v2/gh/some-one/pres_teach/v0.1.0?urlpath=lab/tree/notebooks/00_start_here.ipynb"
    result = run.invoke(cli.app, ["binder-link", "some-one/pres_teach", "v0.1.0"])
    assert result.stdout.splitlines() == [
        link,
        f"[![Open the lessons on Binder](https://mybinder.org/badge_logo.svg)]({link})",
    ]


@pytest.mark.parametrize(
    "repository",
    ["pres_teach", "a/b/c", "https://github.com/a/b", "a b/c", "-a/b", "a/..", "a/.", "", "a/b?x", "a/b\n"],
)
def test_a_malformed_repository_is_refused(repository: str) -> None:
    with pytest.raises(cli.CommandError, match='"OWNER/REPO": a repository on GitHub is written owner, slash, name;'):
        cli.binder_link(repository, "v1")


@pytest.mark.parametrize("tag", ["", "v 1", "a..b", "-x", "x/y", "v1?x=y", "v1.lock", "v1.", "v1\n"])
def test_a_malformed_tag_is_refused(tag: str) -> None:
    with pytest.raises(cli.CommandError, match='"TAG": a tag or commit is'):
        cli.binder_link("a/b", tag)


@pytest.mark.parametrize("branch", ["main", "master", "HEAD"])
def test_a_branch_is_refused_because_it_moves(branch: str) -> None:
    with pytest.raises(cli.CommandError, match=f'found the branch "{branch}"'):
        cli.binder_link("a/b", branch)


def test_a_refusal_is_one_line_and_an_exit_code(run: CliRunner) -> None:
    result = run.invoke(cli.app, ["binder-link", "a", "v1"])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)


# --- algorithm ----------------------------------------------------------------------------------------------------


def test_the_algorithm_is_written_as_one_page_and_says_how_far_it_was_reviewed(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(cli.app, ["algorithm", str(tmp_path / "page.pdf")])
    assert result.exit_code == 0
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert "For learning, not for care." in result.output


@pytest.mark.parametrize(
    ("name", "said"), [("page.docx", "ends in .pdf or .png"), ("nowhere/page.pdf", "could not be written")]
)
def test_an_algorithm_that_cannot_be_written_says_why(run: CliRunner, tmp_path: Path, name: str, said: str) -> None:
    result = run.invoke(cli.app, ["algorithm", str(tmp_path / name)])
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())
    assert "Traceback" not in result.output
