"""MR pictures of a patient, computed: anatomy, lesions, signal equations, words."""

from pres_teach.imaging.lesions import Lesion, LesionError, LesionState, patterns
from pres_teach.imaging.panel import panel
from pres_teach.imaging.scan import Mosaic, Scan, ScanError, acquire
from pres_teach.imaging.tissue import SEQUENCES

__all__ = [
    "SEQUENCES",
    "Lesion",
    "LesionError",
    "LesionState",
    "Mosaic",
    "Scan",
    "ScanError",
    "acquire",
    "panel",
    "patterns",
]
