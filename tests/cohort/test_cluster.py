"""A real cluster: two worker processes on this machine, one of them killed on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

from pres_teach.cohort import ClusterError, Tally, count
from pres_teach.patient import Chart, Order, Patient
from pres_teach.physiology import Illness

PATIENT = Patient(0, 28, "male", 68, "kidney", "*3/*3", 32, 88, 128, 0.80)
CHART = Chart((Order("tacrolimus", 20.0, 9.0, "mg", "mouth", 12.0, by="author"),))


def counted(client: Any = None) -> Tally:
    return count(6000, PATIENT, CHART, Illness(), 5, until_h=500.0, step_h=1.0, block=500, client=client)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.admin.log-format": "%(message)s"}
    with (
        dask.config.set(settings),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        yield client


class Killer:
    """A client of which one worker process dies once a few blocks are under way."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.status = client.status
        self.ncores = client.ncores
        self.asked = 0
        self.killed = 0

    def submit(self, func: Any, *args: Any, **more: Any) -> Any:
        self.asked += 1
        if self.asked == 4:
            workers = self.client.run(os.getpid)
            self.killed = next(iter(workers.values()))
            os.kill(self.killed, signal.SIGKILL)
        return self.client.submit(func, *args, **more)


def test_a_cluster_counts_the_same_though_a_worker_is_killed(client: Client) -> None:
    here = counted()
    assert counted(client) == here
    killer = Killer(client)
    assert counted(killer) == here
    assert killer.killed
    assert here.pres > 0


def die(*args: Any, **more: Any) -> None:
    """What a worker without enough memory does."""
    os._exit(1)


class Deadly(Killer):
    def submit(self, func: Any, *args: Any, **more: Any) -> Any:
        return self.client.submit(die, pure=False)


def test_workers_that_die_for_ever_are_told_in_words(client: Client) -> None:
    with pytest.raises(ClusterError, match="its workers must live long enough for a block"):
        counted(Deadly(client))


def test_a_closed_client_is_told_in_words(client: Client) -> None:
    other = Client(client.scheduler.address)
    other.close()
    with pytest.raises(ClusterError, match='"client": must be connected; received a closed one'):
        counted(other)
