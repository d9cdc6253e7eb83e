"""MR pictures of a patient, computed: anatomy, lesions, signal equations, words."""

from pres_teach.imaging.anatomy import template_notice
from pres_teach.imaging.angiogram import Angiogram
from pres_teach.imaging.export import ExportError, Slide, slide, to_nifti
from pres_teach.imaging.frequencies import draw_pattern
from pres_teach.imaging.lesions import Lesion, LesionError, LesionState, patterns
from pres_teach.imaging.lexicon import LexiconError, mimics
from pres_teach.imaging.panel import panel
from pres_teach.imaging.reformat import Reformat
from pres_teach.imaging.scan import Mosaic, Scan, acquire
from pres_teach.imaging.settings import ScanError, adc_map, curve, signals
from pres_teach.imaging.tissue import SEQUENCES, SLICED, STUDIES

__all__ = [
    "SEQUENCES",
    "SLICED",
    "STUDIES",
    "Angiogram",
    "ExportError",
    "Lesion",
    "LesionError",
    "LesionState",
    "LexiconError",
    "Mosaic",
    "Reformat",
    "Scan",
    "ScanError",
    "Slide",
    "acquire",
    "adc_map",
    "curve",
    "draw_pattern",
    "mimics",
    "panel",
    "patterns",
    "signals",
    "slide",
    "template_notice",
    "to_nifti",
]
