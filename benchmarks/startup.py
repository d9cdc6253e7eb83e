"""How long a fresh Python takes to load the package, beside Pythons that load less.

Run with ``python benchmarks/startup.py``.
"""

from __future__ import annotations

from measure import Figures, fresh_seconds

CASE = "import pres_teach; pres_teach.read_case('kidney-azole')"
LESSON = "import pres_teach; pres_teach.lesson"


def main() -> None:
    """Measure; what a Python takes that loads nothing is taken off."""
    figures = Figures()
    bare = fresh_seconds("pass")
    figures.add("a bare Python", bare, "s")
    numbers = fresh_seconds("import numpy") - bare
    figures.add("import pres_teach", fresh_seconds("import pres_teach") - bare, "s", 0.3, ("import numpy", numbers))
    figures.add("a case, read and checked", fresh_seconds(CASE) - bare, "s", 1.5)
    widgets = fresh_seconds("import anywidget") - bare
    figures.add("a lesson, ready to be opened", fresh_seconds(LESSON) - bare, "s", 1.5, ("import anywidget", widgets))
    figures.end()


if __name__ == "__main__":
    main()
