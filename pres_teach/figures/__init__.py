"""Pictures to read, print and put in a report, each with alternative text and a table that says the same.

Object-oriented matplotlib, drawn without a screen; it is loaded when the first picture is drawn.
"""

from __future__ import annotations

from pres_teach.figures.chance import redraws
from pres_teach.figures.courses import course_figure
from pres_teach.figures.crowd import crowd_figure
from pres_teach.figures.picture import COLOURS, Picture, Table
from pres_teach.figures.shares import forest
from pres_teach.figures.slices import panel

__all__ = ["COLOURS", "Picture", "Table", "course_figure", "crowd_figure", "forest", "panel", "redraws"]
