"""Any number of patients, counted: whole numbers only, so that blocks add up to the same answer in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pres_teach.cohort.crowd import CHUNK, STEP_H, Crowd, simulate
from pres_teach.cohort.share import Share, at_least_one
from pres_teach.patient import Chart, Patient
from pres_teach.physiology import Illness, parameters

if TYPE_CHECKING:
    import pandas

__all__ = ["BLOCK", "ClusterError", "Tally", "count", "tally"]

BLOCK = 5_000  # patients that are simulated before they are counted; the answer does not depend on it
ALONE = 10_000_000  # patients that one process counts; more are asked of a cluster
BIN_ML = 10.0
BINS = 30
WEEKS = (1, 2, 4, 8)
PATIENCE_S = 30.0  # how long a cluster may be without any worker, twice: one that died needs seconds to come back


class ClusterError(RuntimeError):
    """A cluster that cannot do the work, in words. What was counted so far is not handed out as if it were all."""


class Client(Protocol):
    """What is asked of a cluster: a Dask `distributed.Client`, or anything that submits like one."""

    def submit(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        """Start a call elsewhere and return its future."""
        ...


@dataclass(frozen=True)
class Tally:
    """What became of many patients, counted; no patient kept.

    Parameters
    ----------
    n
        How many patients.
    until_h
        Until when they were followed [h since transplantation].
    pres
        How many have PRES; of these, `seizure`, `status`, `haemorrhage`, `deficit` (a lasting one), `seen` (oedema
        still seen at the end).
    hypoperfusion, rejection, complication
        How many of all.
    clear_by
        How many of those with PRES have a clear scan 1, 2, 4 and 8 weeks after onset, and `followed`: how many were
        followed that long.
    peak
        How many of those with PRES have their most oedema in each bin of 10 mL; the last one is open.
    """

    n: int
    until_h: float
    pres: int
    seizure: int
    status: int
    haemorrhage: int
    deficit: int
    seen: int
    hypoperfusion: int
    rejection: int
    complication: int
    clear_by: tuple[int, ...]
    followed: tuple[int, ...]
    peak: tuple[int, ...]

    def __add__(self, other: Tally) -> Tally:
        if not isinstance(other, Tally):
            return NotImplemented
        if self.until_h != other.until_h:
            raise ValueError(
                f'"until_h": both must be followed as long; received {self.until_h:g} and {other.until_h:g} h; '
                "simulate them to the same end"
            )
        added: dict[str, Any] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if field.name == "until_h":
                added[field.name] = mine
            elif isinstance(mine, tuple):
                added[field.name] = tuple(a + b for a, b in zip(mine, theirs, strict=True))
            else:
                added[field.name] = mine + theirs
        return Tally(**added)

    def of_all(self, name: str) -> Share:
        """Share of all patients, "pres", "hypoperfusion", "rejection" or "complication"."""
        return Share(int(getattr(self, name)), self.n)

    def of_sick(self, name: str) -> Share:
        """Share of those with PRES, "seizure", "status", "haemorrhage", "deficit" or "seen"."""
        return Share(int(getattr(self, name)), self.pres)

    def shares(self) -> tuple[tuple[str, str, Share], ...]:
        """What is told of these patients: in words, of whom, and how many. Never survival."""
        of_all, of_sick = "of all", "of those with PRES"
        rows = [
            ("PRES", of_all, self.of_all("pres")),
            ("a seizure", of_sick, self.of_sick("seizure")),
            ("status epilepticus", of_sick, self.of_sick("status")),
            ("a bleed", of_sick, self.of_sick("haemorrhage")),
            ("harm that looks lasting", of_sick, self.of_sick("deficit")),
            *(
                (f"a clear scan within {weeks} {'week' if weeks == 1 else 'weeks'}", of_sick, Share(clear, followed))
                for weeks, clear, followed in zip(WEEKS, self.clear_by, self.followed, strict=True)
                if followed == self.pres
            ),
            ("a pressure that fell too fast or too far", of_all, self.of_all("hypoperfusion")),
            ("rejection, or graft-versus-host disease", of_all, self.of_all("rejection")),
            ("another complication of the treatment", of_all, self.of_all("complication")),
        ]
        return tuple(rows)

    def words(self, how: str = "treated your way") -> str:
        """What is told of these patients, in one sentence. Never survival.

        Parameters
        ----------
        how
            What was done to them.
        """
        told = []
        for what, _, share in self.shares():
            if share.k:
                low, high = (100 * x for x in share.interval)
                told.append(f"{what} in {share.k} of {share.n} ({low:.1f} to {high:.1f} %)")
        found = "; ".join(told) or "nothing of what is looked for"
        return (
            f"Of {self.n} patients like this one, {how}: {found}. In brackets the 95 % interval (Wilson). "
            "Illustrative, a teaching model."
        )

    def frame(self) -> pandas.DataFrame:
        """One row for each thing that is told, with the Wilson 95 % interval in per cent."""
        import pandas

        rows = [
            (what, whom, share.k, share.n, *(100 * x for x in (share.share, *share.interval)))
            for what, whom, share in self.shares()
        ]
        return pandas.DataFrame(
            rows, columns=["what", "of whom", "k", "n", "share [%]", "from [%]", "to [%]"]
        ).set_index("what")


def tally(crowd: Crowd) -> Tally:
    """Count a crowd.

    Parameters
    ----------
    crowd
        From `simulate`.
    """
    sick = crowd.sick
    lasting = crowd.deficit >= parameters().group("harm").told_at
    since_h = crowd.cleared_h[sick] - crowd.onset_h[sick]
    followed_h = crowd.until_h - crowd.onset_h[sick]
    bins = np.minimum(crowd.peak_ml[sick] // BIN_ML, BINS - 1).astype(np.int64)

    def many(flags: Any) -> int:
        return int(np.count_nonzero(flags))

    return Tally(
        n=len(crowd),
        until_h=crowd.until_h,
        pres=many(sick),
        seizure=many(sick & (crowd.seizures > 0)),
        status=many(sick & (crowd.status > 0)),
        haemorrhage=many(sick & ~np.isnan(crowd.haemorrhage_h)),
        deficit=many(sick & lasting),
        seen=many(sick & np.isnan(crowd.cleared_h)),
        hypoperfusion=many(~np.isnan(crowd.hypoperfusion_h)),
        rejection=many(~np.isnan(crowd.rejection_h)),
        complication=many(~np.isnan(crowd.complication_h)),
        clear_by=tuple(many(since_h <= 168.0 * weeks) for weeks in WEEKS),
        followed=tuple(many(followed_h >= 168.0 * weeks) for weeks in WEEKS),
        peak=tuple(np.bincount(bins, minlength=BINS).tolist()),
    )


def count(
    n: int,
    patient_template: Patient,
    chart: Chart,
    illness: Illness,
    seed: int,
    *,
    until_h: float | None = None,
    author: Chart | None = None,
    opens_h: float | None = None,
    step_h: float = STEP_H,
    block: int = BLOCK,
    client: Client | None = None,
) -> Tally:
    """Count what becomes of n patients alike in all but their number, block by block: memory does not grow with n.

    The answer is the same, to the last count, whatever the block, the number of workers or the order in which they
    are done. A block that is lost with its worker is done again.

    Parameters
    ----------
    n
        How many, 1 or more; more than 10 million need a cluster.
    patient_template, chart, illness, seed, until_h, author, opens_h, step_h
        As for `simulate`.
    block
        How many are simulated before they are counted, rounded up to whole chunks of `CHUNK`, so that everybody is
        computed in the same company.
    client
        A Dask `distributed.Client` of yours (``pip install pres_teach[cluster]``), whose workers have this package;
        None counts here.

    Returns
    -------
    Tally

    Raises
    ------
    ValueError
        If n or block is below 1, or n is above 10 million without a client.
    ClusterError
        If the client is no client, is closed, has no workers, or its workers die again and again.

    Examples
    --------
    Ten million patients on a cluster of your own, whatever machines it has::

        from distributed import Client

        with Client("tcp://scheduler:8786") as client:
            found = cohort.count(10_000_000, case.patient, case.chart, case.illness, 1, client=client)
        print(found.words("treated as the author did"))
    """
    at_least_one(n=n, block=block)
    if client is None and n > ALONE:
        raise ValueError(
            f'"n": at most {ALONE} patients are counted by one process; received {n}; take fewer (the interval of a '
            "share is narrow long before), or give a Dask client: client=distributed.Client(...)"
        )
    block = CHUNK * -(-block // CHUNK)
    more = {"until_h": until_h, "author": author, "opens_h": opens_h, "step_h": step_h}
    calls = (
        (
            (min(block, n - start), patient_template, chart, illness, seed),
            {**more, "numbers": range(start, min(start + block, n))},
        )
        for start in range(0, n, block)
    )
    parts = _here(calls) if client is None else _there(client, calls)
    total = next(parts)
    for part in parts:
        total += part
    return total


_Calls = Iterator[tuple[tuple[Any, ...], dict[str, Any]]]


def _block(*args: Any, **more: Any) -> Tally:
    """One block, wherever it is done."""
    return tally(simulate(*args, **more))


def _here(calls: _Calls) -> Iterator[Tally]:
    return (_block(*args, **more) for args, more in calls)


def _there(client: Client, calls: _Calls) -> Iterator[Tally]:
    """Blocks done by a cluster, a few under way for each of its threads, so that neither side holds many."""
    if not callable(getattr(client, "submit", None)):
        raise ClusterError(
            f'"client": a Dask client, which can submit; received {type(client).__name__}; give distributed.Client(...)'
        )
    if getattr(client, "status", "running") == "closed":
        raise ClusterError('"client": must be connected; received a closed one; open it again')
    cores = getattr(client, "ncores", dict)
    waiting: deque[Any] = deque()
    most = 4 * max(1, sum(cores().values()))
    for args, more in calls:
        waiting.append(_asked(client, args, more))
        if len(waiting) >= most:
            yield _done(waiting.popleft(), client)
    while waiting:
        yield _done(waiting.popleft(), client)


def _asked(client: Client, args: tuple[Any, ...], more: dict[str, Any]) -> Any:
    try:
        return client.submit(_block, *args, **more, pure=False)
    except (OSError, RuntimeError) as error:
        raise ClusterError(f'"client": must take the work; it says "{error}"; open it again') from error


def _done(future: Any, client: Client) -> Tally:
    try:
        part = _waited_for(future, client)
    except ClusterError:
        raise
    except (ValueError, ArithmeticError, LookupError, TypeError):
        raise  # of the simulation itself
    except Exception as error:
        raise ClusterError(
            f'"client": its workers must live long enough for a block; one was lost again and again '
            f"({type(error).__name__}); give the workers more memory, or a smaller block"
        ) from error
    if not isinstance(part, Tally):
        raise ClusterError(f'"client": must return what was asked; received {type(part).__name__}; use a Dask client')
    return part


def _waited_for(future: Any, client: Client) -> Any:
    """A result, however long it takes while somebody is there to work on it."""
    cores = getattr(client, "ncores", None)
    without = 0
    while True:
        try:
            return future.result(timeout=PATIENCE_S)
        except TimeoutError:
            without = 0 if cores is None or cores() else without + 1
            if without >= 2:
                raise ClusterError(
                    '"client": must have workers; there has been none for a while; start some, '
                    "for example with cluster.scale(2)"
                ) from None
