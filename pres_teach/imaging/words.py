"""What is seen, in words: everything that tells of a scan, in one place."""

from pres_teach.imaging.alternative import describe
from pres_teach.imaging.findings import Findings, adc_inside, adc_normal, calcarine_share, measure
from pres_teach.imaging.places import level, listed, places, volume_ml
from pres_teach.imaging.report import report

__all__ = [
    "Findings",
    "adc_inside",
    "adc_normal",
    "calcarine_share",
    "describe",
    "level",
    "listed",
    "measure",
    "places",
    "report",
    "volume_ml",
]
