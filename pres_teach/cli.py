"""The command line: open the lessons, check case files, write the Binder link of a course."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console

__all__ = ["app", "binder_link", "main"]

FIRST: Final = "notebooks/00_start_here.ipynb"

_PACKAGE: Final = Path(__file__).resolve().parent

app = typer.Typer(
    name="pres-teach",
    help="Lessons on posterior reversible encephalopathy syndrome after transplantation. Educational, not for care.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CommandError(RuntimeError):
    """What keeps a command from going on, and what to do about it, in a sentence."""


def _say(text: str, style: str | None = None, *, error: bool = False) -> None:
    # soft_wrap: a long line is the terminal's to fold, and stays one line in a file or a pipe
    Console(stderr=error, soft_wrap=True, markup=False, highlight=False).print(text, style=style)


def _stop(text: str) -> NoReturn:
    _say(text, "red", error=True)
    raise typer.Exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        from pres_teach import __version__

        _say(f"pres_teach {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    pass


# --- learn --------------------------------------------------------------------------------------------------------


def _is_checkout(root: Path) -> bool:
    return (root / FIRST).is_file() and (root / "pyproject.toml").is_file()


def place_notebooks(source: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Copy the notebooks into ``folder/notebooks``; a file that is there is never touched.

    Returns
    -------
    placed, kept : list of str
        The names newly copied, and those that were there and differ.
    """
    target = folder / "notebooks"
    placed, kept = [], []
    target.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(source.glob("*.ipynb")):
        copy = target / notebook.name
        if not copy.exists():
            shutil.copyfile(notebook, copy)
            placed.append(notebook.name)
        elif copy.read_bytes() != notebook.read_bytes():
            kept.append(notebook.name)
    return placed, kept


def _working_folder(folder: Path | None) -> Path:
    """The folder JupyterLab opens: the checkout itself, or one that the notebooks are copied to."""
    if folder is None:
        if _is_checkout(_PACKAGE.parent):
            return _PACKAGE.parent
        from platformdirs import user_documents_path

        folder = user_documents_path() / "pres_teach"
    folder = folder.expanduser().resolve()
    source = next(
        (p for p in (_PACKAGE.parent / "notebooks", _PACKAGE / "notebooks") if (p / "00_start_here.ipynb").is_file()),
        None,
    )
    if source is None:
        raise CommandError("The notebooks are missing from this installation. Install pres_teach again.")
    try:
        placed, kept = place_notebooks(source, folder)
    except OSError as error:
        raise CommandError(
            f'The notebooks cannot be put into "{folder}" ({error.strerror}). Choose another place with --folder.'
        ) from error
    if placed:
        _say(f"Put {len(placed)} notebooks into {folder / 'notebooks'}.")
    if kept:
        _say(f"Kept your own copies of {', '.join(kept)}. For fresh ones, choose a new place with --folder.")
    return folder


def _place_settings(folder: Path) -> None:
    """Settings of JupyterLab for these lessons alone; what a learner changed there stays."""
    settings, workspaces = folder / "settings", folder / "workspaces"
    for plugin, values in json.loads((_PACKAGE / "lab.json").read_text("utf-8")).items():
        package, _, name = plugin.partition(":")
        path = settings / package / f"{name}.jupyterlab-settings"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    # one workspace, begun with both side bars folded in; "37a8" is JupyterLab's own mark of the name "default"
    workspace = workspaces / "default-37a8.jupyterlab-workspace"
    if not workspace.exists():
        workspaces.mkdir(parents=True, exist_ok=True)
        folded = {"collapsed": True, "visible": True, "widgets": []}
        layout = {"main": {"dock": None}, "left": folded, "right": folded}
        contents = {"data": {"layout-restorer:data": layout}, "metadata": {"id": "default"}}
        workspace.write_text(json.dumps(contents) + "\n", "utf-8")


@dataclass(frozen=True)
class Launch:
    """How JupyterLab is started."""

    command: tuple[str, ...]
    environment: dict[str, str]


def jupyterlab(root: Path, own: Path, *, browser: bool = True, port: int | None = None) -> Launch:
    """Give the command that opens the first lesson, with `root` as JupyterLab's folder and its settings in `own`."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--ServerApp.answer_yes=True",
    ]
    if not browser:
        command.append("--no-browser")
    if os.name == "posix" and os.geteuid() == 0:
        # in a container the only user is often root, whom Jupyter refuses unless told
        command.append("--allow-root")
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    environment = {
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        # the kernel next to this Python, not another "python3" of the same user
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    return Launch(tuple(command), environment)


def _start(launch: Launch) -> int:
    environment = {**os.environ, **launch.environment}
    if os.name == "posix":
        sys.stdout.flush()
        # takes the place of this process, so that Ctrl-C and a closed window reach JupyterLab itself
        os.execve(launch.command[0], launch.command, environment)
    return subprocess.call(launch.command, env=environment)


@app.command()
def learn(
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Where your notebooks lie or shall lie.", show_default="this checkout, or Documents/pres_teach"
        ),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="The port of the server.", show_default="8888, or the next free one"),
    ] = None,
) -> None:
    """Open the lessons in JupyterLab, at the first one. Your own Jupyter settings are not touched."""
    if find_spec("jupyterlab") is None:
        _stop('JupyterLab is missing. Install it with: python -m pip install "pres_teach[lab]"')
    from platformdirs import user_data_path

    own = user_data_path("pres_teach", appauthor=False) / "jupyterlab"
    try:
        root = _working_folder(folder)
        try:
            _place_settings(own)
        except OSError as error:
            raise CommandError(f'JupyterLab\'s settings cannot be written to "{own}" ({error.strerror}).') from error
    except CommandError as error:
        _stop(str(error))
    _say("Opening JupyterLab. To end it, close its window and press Ctrl-C here.")
    raise typer.Exit(_start(jupyterlab(root, own, browser=browser, port=port)))


# --- check --------------------------------------------------------------------------------------------------------


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Case files (YAML).", metavar="FILE...")]) -> None:
    """Check case files: every fault of every file, with its line and its remedy."""
    from pres_teach.case import check as faults_of
    from pres_teach.case import read
    from pres_teach.encounter import rehearse

    wrong = many = 0
    for file in files:
        faults = faults_of(file) or rehearse(read(file))
        many += len(faults)
        for fault in faults:
            _say(str(fault))
        if faults:
            wrong += 1
        else:
            _say(f"{file}: fine", "green")
    if wrong:
        of = "1 file" if len(files) == 1 else f"{wrong} of {len(files)} files"
        _say(f"{many} {'fault' if many == 1 else 'faults'} in {of}.", "red", error=True)
        raise typer.Exit(1)


# --- binder-link --------------------------------------------------------------------------------------------------

_BADGE: Final = "https://mybinder.org/badge_logo.svg"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_TAG: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,98}[A-Za-z0-9])?")
_MOVING: Final = ("main", "master", "head", "latest", "develop", "trunk")


def binder_link(repository: str, tag: str) -> str:
    """Give the address that opens the first lesson on mybinder.org.

    Parameters
    ----------
    repository : str
        ``owner/name`` on GitHub.
    tag : str
        A tag or commit. A branch is refused: what learners see would change under them.

    Raises
    ------
    CommandError
        If either is malformed.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise CommandError(
            f'"OWNER/REPO": a repository on GitHub is written owner, slash, name; found "{repository}"; '
            'for example "someone/pres_teach", without https://github.com/'
        )
    if not _TAG.fullmatch(tag) or ".." in tag or tag.endswith(".lock"):
        raise CommandError(
            f'"TAG": a tag or commit is letters, digits, ".", "_", "+" and "-"; found "{tag}"; for example "v0.1.0"'
        )
    if tag.casefold() in _MOVING:
        raise CommandError(
            f'"TAG": a link names a tag or commit, which stays; found the branch "{tag}"; '
            "make a tag (git tag v0.1.0; git push --tags) and name it"
        )
    return f"https://mybinder.org/v2/gh/{repository}/{tag}?urlpath=lab/tree/{FIRST}"


@app.command("binder-link")
def _binder_link(
    repository: Annotated[str, typer.Argument(metavar="OWNER/REPO", help="The repository on GitHub.")],
    tag: Annotated[str, typer.Argument(metavar="TAG", help="A tag or commit of it.")],
) -> None:
    """Print the link that opens the lessons on Binder, and a badge for a web page."""
    try:
        link = binder_link(repository, tag)
    except CommandError as error:
        _stop(str(error))
    _say(link)
    _say(f"[![Open the lessons on Binder]({_BADGE})]({link})")


# --- algorithm ----------------------------------------------------------------------------------------------------


@app.command("algorithm")
def _algorithm(
    file: Annotated[Path, typer.Argument(help="A file that ends in .pdf or .png.", metavar="FILE")],
) -> None:
    """Write the management algorithm on one page A4, to print. A draft carries its stamp."""
    import pres_teach

    page = pres_teach.algorithm()  # by its public name, as any script has it: nothing is drawn by other commands
    try:
        written = page.save(file)
    except ValueError as refused:
        _stop(str(refused))
    except OSError as refused:
        _stop(
            f'"{file}" could not be written ({refused.strerror}). Choose a folder that is there and may be written to.'
        )
    _say(f"Written: {written}. {page.algorithm.review.told}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    app(list(arguments) if arguments is not None else None)


if __name__ == "__main__":
    main()
