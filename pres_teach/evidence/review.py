"""How far a case, a notebook or a page has been looked at by clinicians: one wording for all."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final, Literal

__all__ = ["STAMP", "Status", "review_told"]

Status = Literal["draft", "under review", "approved"]
#: What stands across every print of what no clinician has approved.
STAMP: Final = "DRAFT, not reviewed by a clinician"


def review_told(status: Status, updated: datetime.date, reviewers: Sequence[str]) -> str:
    """The status in a sentence or two, as every case, notebook and page shows it.

    Parameters
    ----------
    status : {"draft", "under review", "approved"}
        How far it has come.
    updated : datetime.date
        Since when.
    reviewers : sequence of str
        By whom.
    """
    by = " and ".join(reviewers)
    if status == "approved":
        said = f"Approved by {by} on {updated.isoformat()}."
    elif status == "under review":
        said = f"Under review{f' by {by}' if by else ''} since {updated.isoformat()}, not approved yet."
    else:
        said = f"Draft of {updated.isoformat()}: no clinician has reviewed or signed it off."
    return f"{said} For learning, not for care."
