"""Many patients at once: the same chart, other thresholds and other luck. Illustrative, a teaching model."""

from __future__ import annotations

from pres_teach.cohort.crowd import CHUNK, Crowd, simulate
from pres_teach.cohort.share import Share
from pres_teach.cohort.tally import BLOCK, ClusterError, Tally, count, tally

__all__ = ["BLOCK", "CHUNK", "ClusterError", "Crowd", "Share", "Tally", "count", "simulate", "tally"]
