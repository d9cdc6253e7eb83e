"""Keep the citations and the review status of the notebooks in step with their prose and metadata.

In a Markdown cell a citation is written ``[@key]``. This adds the link behind each (a reference definition at the end
of the cell, so that the citation leads to the list of sources without any script), and writes the keys of the whole
notebook into its last ``lesson.sources(...)``, those of its questions too. The review status stands in the metadata
(``pres_teach: {review: ...}``, as in a case file); this writes it as a sentence below the title. With ``--check`` it
only tells what differs.

    .venv/bin/python tools/cite_notebooks.py
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pres_teach import case as cases
from pres_teach import text
from pres_teach.case.sheet import Sheet, sheet
from pres_teach.evidence import library
from pres_teach.evidence.algorithm import algorithm
from pres_teach.evidence.article import article
from pres_teach.pharmacology.options import options

ROOT = Path(__file__).parents[1]
SOURCES = re.compile(r"lesson\.sources\(.*\)")
REVIEW = re.compile(r"^\*Review: .*\*\n\n", re.MULTILINE)
DEFINITION = re.compile(r"\n*(?:^\[@[a-z0-9-]+\]: #source-[a-z0-9-]+\n?)+\Z", re.MULTILINE)


def cited(prose: str) -> tuple[str, ...]:
    """The keys of a Markdown cell."""
    return text.citations(without_tags(DEFINITION.sub("", prose)))


def without_tags(prose: str) -> str:
    """What a notebook may hold and a case may not, taken out: links to other notebooks."""
    return re.sub(r"\]\([^)]*\)", "]", prose).replace("&nbsp;", " ")


def defined(prose: str) -> str:
    """A cell with the link behind each of its citations."""
    bare = DEFINITION.sub("", prose)
    keys = cited(bare)
    lines = [f"[@{key}]: #source-{library().source_of(key).id}" for key in keys]
    return bare + ("\n\n" + "\n".join(lines) if lines else "")


def keys_of(notebook: dict[str, Any]) -> tuple[str, ...]:
    """All keys of a notebook: of its prose, its questions, and what it draws."""
    found: list[str] = []
    questions = home_of(notebook)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            found += cited(source)
            continue
        for method, words in calls(source):
            if method in ("forest", "counted", "redraws", "chance"):
                found += words
            elif method == "question":
                found += cited_in(questions.question(words[0]).model_dump_json())
            elif method == "plan" and isinstance(questions, Sheet):
                found += cited_in(questions.plan.model_dump_json())
            elif method == "options":
                found += [key for one in options() for key in one.papers]
            elif method == "algorithm":
                found += algorithm().papers
            elif method == "judge":
                found += [*article().statement(words[0]).papers, *article().statement(words[0]).drawn]
            elif method == "missing":
                found += [key for one in article().missing.values() for key in one.papers]
    return tuple(dict.fromkeys(found))


def home_of(notebook: dict[str, Any]) -> cases.Case | Sheet:
    """Where the questions of a notebook are written: in a sheet, or in the case of the first lessons."""
    opened = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return sheet("prevention") if "pres_teach.prevention(" in opened else cases.read("kidney-azole")


def cited_in(written: str) -> list[str]:
    """The keys of all citations in a text of any form."""
    return re.findall(r"@([a-z0-9-]+)", " ".join(re.findall(r"\[@[^\]]+\]", written)))


def calls(source: str) -> Iterator[tuple[str, list[str]]]:
    """The methods of the lesson that a cell calls, with the words it hands over."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield (
                node.func.attr,
                [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)],
            )


def reviewed(prose: str, review: cases.Review) -> str:
    """The first cell with its review status below the title."""
    bare = REVIEW.sub("", prose)
    title, _, rest = bare.partition("\n\n")
    return f"{title}\n\n*Review: {review.told}*\n\n{rest}"


def in_step(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with its definitions and its list of sources."""
    made = json.loads(json.dumps(notebook))
    review = cases.Review.model_validate(notebook["metadata"]["pres_teach"]["review"])
    first = made["cells"][0]
    first["source"] = reviewed("".join(first["source"]), review).splitlines(keepends=True)
    for cell in made["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            source = defined(source)
        elif SOURCES.search(source):
            listed = ", ".join(f'"{key}"' for key in keys_of(notebook))
            source = SOURCES.sub(f"lesson.sources({listed})", source)
        cell["source"] = source.splitlines(keepends=True)
    return made


def written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    out_of_step = 0
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = written(in_step(json.loads(before)))
        if after != before:
            out_of_step += 1
            if "--check" in sys.argv:
                print(f"{path.name}: run tools/cite_notebooks.py")
            else:
                path.write_text(after, encoding="utf-8")
    return out_of_step if "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
