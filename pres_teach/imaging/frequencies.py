"""How often: patterns and sites drawn with their published frequencies (Bartynski and Boardman 2007, 136 patients).

The four patterns are drawn as published, then each site with the chance that makes its published share come true, given
the patterns that always have it: chance = (share - share of those patterns) / (rest). That sites come independently
of each other is our assumption: no joint table was seen.
"""

from __future__ import annotations

from pres_teach.imaging.lexicon import lexicon
from pres_teach.imaging.states import Lesion
from pres_teach.patient import stream

POSTERIOR = "parieto-occipital"


def site_chances(pattern: str) -> dict[str, float]:
    """Chance of each further site in a pattern, 1 for a site that belongs to it.

    Parameters
    ----------
    pattern
        A pattern of PRES.
    """
    read = lexicon()
    entry = read.patterns[pattern]
    total = sum(p.percent for p in read.patterns.values() if p.percent is not None)
    out: dict[str, float] = {}
    for name, site in read.sites.items():
        if name in entry.always:
            out[name] = 1.0
            continue
        sure = sum(p.percent for p in read.patterns.values() if p.percent is not None and name in p.always) / total
        share = site.percent / 100
        if name == "frontal":  # a partial pattern without parietal or occipital lobes is frontal
            bare = 1 - read.sites[POSTERIOR].percent / 100
            out[name] = (share - sure - bare) / (1 - sure - bare)
        else:
            out[name] = max(share - sure, 0.0) / (1 - sure)
    return out


def draw_sites(pattern: str, seed: int) -> tuple[str, ...]:
    """The sites that a pattern reaches in one patient, its own among them: a pure function of the two.

    Parameters
    ----------
    pattern
        A pattern of PRES.
    seed
        Seed of the lesion.
    """
    chances = site_chances(pattern)
    random = stream(seed, 0, "sites")
    found = [name for name, chance in chances.items() if random.random() < chance]
    if POSTERIOR not in found and "frontal" not in found:
        found.append("frontal")
    return tuple(name for name in chances if name in found)


def draw_pattern(seed: int, *, oedema_ml: float = 60.0) -> Lesion:
    """A lesion of PRES, its pattern, sides and sites drawn with published frequencies: a pure function of the seed.

    Parameters
    ----------
    seed
        Seed of the lesion.
    oedema_ml
        Its volume, at its greatest [mL].
    """
    read = lexicon()
    random = stream(seed, 0, "pattern")
    named = [(name, p.percent) for name, p in read.patterns.items() if p.percent is not None]
    place = random.random() * sum(percent for _, percent in named)
    chosen = named[-1][0]
    for name, percent in named:
        if place < percent:
            chosen = name
            break
        place -= percent
    least = read.patterns[chosen].least_asymmetry
    size = random.uniform(least, 1.0) if least else random.uniform(0.0, 0.4)
    side = 1 if random.random() < 0.5 else -1
    return Lesion(
        pattern=chosen,
        asymmetry=float(side * size),
        oedema_ml=oedema_ml,
        peak_ml=oedema_ml,
        seed=seed,
        sites=draw_sites(chosen, seed),
    )
