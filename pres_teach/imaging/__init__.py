"""MR pictures of a patient, computed: anatomy, lesions, signal equations, words."""

from pres_teach.imaging.frequencies import draw_pattern
from pres_teach.imaging.lesions import Lesion, LesionError, LesionState, patterns
from pres_teach.imaging.lexicon import LexiconError, mimics
from pres_teach.imaging.panel import panel
from pres_teach.imaging.scan import Mosaic, Scan, ScanError, acquire
from pres_teach.imaging.tissue import SEQUENCES

__all__ = [
    "SEQUENCES",
    "Lesion",
    "LesionError",
    "LesionState",
    "LexiconError",
    "Mosaic",
    "Scan",
    "ScanError",
    "acquire",
    "draw_pattern",
    "mimics",
    "panel",
    "patterns",
]
