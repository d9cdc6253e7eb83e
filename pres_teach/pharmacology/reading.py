"""Reads the data files of this room."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

__all__ = ["read"]

# The loader of libyaml where it is there: a tenth of the time, which a learner waits for.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(name: str) -> Any:
    """What a data file of this room holds; the schemas of its readers check it."""
    return yaml.load((resources.files(__package__) / name).read_text(encoding="utf-8"), Loader=LOADER)
