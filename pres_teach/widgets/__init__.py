"""What is seen and touched: widgets with native controls, and the lesson that wires them to an encounter."""

from __future__ import annotations

from .bedside import BedsideWidget
from .course_plot import CoursePlot
from .foundation import Html, PanelWidget, PresWidget
from .lesson import Lesson, lesson
from .orders import OrdersWidget
from .question import QuestionWidget
from .record_keeper import RecordWidget
from .scan_viewer import ScanViewer

__all__ = [
    "BedsideWidget",
    "CoursePlot",
    "Html",
    "Lesson",
    "OrdersWidget",
    "PanelWidget",
    "PresWidget",
    "QuestionWidget",
    "RecordWidget",
    "ScanViewer",
    "lesson",
]
