"""A search over what the package holds: claims, drugs, terms and cases. It makes nothing up."""

from __future__ import annotations

from pres_teach.lookup.entries import Entry, Kind, entries
from pres_teach.lookup.index import Answer, Index, index

__all__ = ["Answer", "Entry", "Index", "Kind", "entries", "index"]
