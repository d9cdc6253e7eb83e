"""Patterns and sites over many seeds, against Bartynski and Boardman 2007 (136 patients)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from pres_teach.imaging import Lesion, draw_pattern, grid, lesions, regions
from pres_teach.imaging.anatomy import anatomy
from pres_teach.imaging.enhancement import kind
from pres_teach.imaging.frequencies import draw_sites, site_chances
from pres_teach.imaging.lexicon import lexicon
from pres_teach.imaging.terrain import prior_of

SEEDS = 4000
PATTERNS = {
    "parieto-occipital": 22,
    "superior frontal sulcus": 27,
    "holohemispheric watershed": 23,
    "asymmetric": 28,
}
SITES = {
    "parieto-occipital": 98,
    "frontal": 68,
    "temporal": 40,
    "cerebellum": 30,
    "basal ganglia": 14,
    "brainstem": 13,
    "deep white matter": 18,
    "splenium": 10,
}


def within(count: int, percent: float, seeds: int = SEEDS) -> bool:
    """Whether a count fits a share: four standard errors of a binomial."""
    share = percent / 100
    return abs(count / seeds - share) < 4 * math.sqrt(share * (1 - share) / seeds)


@pytest.fixture(scope="module")
def many() -> list[Lesion]:
    return [draw_pattern(seed) for seed in range(SEEDS)]


@pytest.mark.parametrize(("pattern", "percent"), PATTERNS.items())
def test_patterns_come_as_often_as_published(many: list[Lesion], pattern: str, percent: float) -> None:
    assert within(sum(lesion.pattern == pattern for lesion in many), percent)


@pytest.mark.parametrize(("site", "percent"), SITES.items())
def test_sites_come_as_often_as_published(many: list[Lesion], site: str, percent: float) -> None:
    assert within(sum(site in (lesion.sites or ()) for lesion in many), percent)


def test_a_lesion_is_drawn_from_its_seed_alone() -> None:
    assert draw_pattern(12) == draw_pattern(12)
    assert len({draw_pattern(seed).pattern for seed in range(40)}) == 4


def test_chances_reach_the_published_share_by_arithmetic() -> None:
    """Frontal: half the patients by their pattern, 2 % without parietal and occipital lobes, a third of the rest."""
    assert site_chances("parieto-occipital")["frontal"] == pytest.approx((0.68 - 0.50 - 0.02) / (1 - 0.50 - 0.02))
    assert site_chances("asymmetric")["parieto-occipital"] == pytest.approx((0.98 - 0.72) / 0.28)
    assert site_chances("holohemispheric watershed")["frontal"] == 1


def test_a_partial_pattern_without_parietal_and_occipital_lobes_is_frontal() -> None:
    bare = [seed for seed in range(400) if "parieto-occipital" not in draw_sites("asymmetric", seed)]
    assert bare
    assert all("frontal" in draw_sites("asymmetric", seed) for seed in bare)


def test_sides_are_drawn_evenly(many: list[Lesion]) -> None:
    assert within(sum(lesion.asymmetry > 0 for lesion in many), 50)


def test_uptake_comes_in_29_of_93() -> None:
    found = Counter(kind(Lesion(oedema_ml=10, peak_ml=10, seed=seed)) for seed in range(SEEDS))
    assert within(SEEDS - found["none"], 100 * 29 / 93)
    assert min(found["gyral"], found["leptomeningeal"]) > 0.1 * SEEDS


LOBES: dict[str, Callable[[], grid.Mask]] = {
    "parieto-occipital": lambda: np.isin(regions.labels(), (regions.PARIETAL, regions.OCCIPITAL)),
    "frontal": lambda: regions.labels() == regions.FRONTAL,
    "temporal": lambda: regions.labels() == regions.TEMPORAL,
    "cerebellum": lambda: regions.labels() == regions.CEREBELLUM,
    "basal ganglia": lambda: regions.labels() == regions.DEEP,
    "brainstem": lambda: regions.labels() == regions.BRAINSTEM,
}


def held_ml(lesion: Lesion, where: grid.Mask) -> float:
    head = anatomy(4)
    extent = lesions.draw(head, lesion).extent
    return float((head.white + head.grey)[extent & where].sum(dtype=np.float64) * grid.VOXEL_ML)


@pytest.mark.parametrize("seed", range(0, 24, 2))
def test_the_picture_shows_the_sites_that_were_drawn(seed: int) -> None:
    """What is involved holds a visible volume, what isn't holds less than the spill over a border."""
    lesion = draw_pattern(seed)
    assert lesion.sites is not None
    for site in ("parieto-occipital", "cerebellum", "brainstem"):
        amount = held_ml(lesion, LOBES[site]())
        assert (amount > 0.6) == (site in lesion.sites), (site, amount)
    for site in ("frontal", "temporal", "basal ganglia"):
        if site in lesion.sites:
            assert held_ml(lesion, LOBES[site]()) > 1.2


def test_share_of_a_site_lies_in_its_range() -> None:
    site = lexicon().sites["cerebellum"]
    head = anatomy(4)
    for seed in range(6):
        with_it = Lesion(oedema_ml=60, peak_ml=60, seed=seed, sites=("parieto-occipital", "cerebellum"))
        drawn = lesions.draw(head, with_it)
        part = drawn.extent & (prior_of(site) > 0.02)
        share = float((head.white + head.grey)[part].sum(dtype=np.float64) * grid.VOXEL_ML) / 60
        assert 0.95 * site.share[0] < share < 1.05 * site.share[1]
