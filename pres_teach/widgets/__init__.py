"""What is seen and touched: widgets with native controls, and the lesson that wires them to an encounter."""

from __future__ import annotations

from .bedside import BedsideWidget
from .course_plot import CoursePlot
from .desk import look_up
from .for_whom import ReaderWidget
from .foundation import Html, PanelWidget, PresWidget
from .lesson import Lesson, lesson
from .looking import LookUpWidget
from .orders import OrdersWidget
from .preventing import Prevention, prevention
from .question import QuestionWidget
from .reading import Reading, reading
from .record_keeper import RecordWidget
from .scan_viewer import ScanViewer
from .whole_case import WholeCase, whole_case

__all__ = [
    "BedsideWidget",
    "CoursePlot",
    "Html",
    "Lesson",
    "LookUpWidget",
    "OrdersWidget",
    "PanelWidget",
    "PresWidget",
    "Prevention",
    "QuestionWidget",
    "ReaderWidget",
    "Reading",
    "RecordWidget",
    "ScanViewer",
    "WholeCase",
    "lesson",
    "look_up",
    "prevention",
    "reading",
    "whole_case",
]
