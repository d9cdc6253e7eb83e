"""The lexicon of lesions: data under a strict schema, tied to the evidence and to what authors may write."""

from __future__ import annotations

from importlib import resources

import pytest

from pres_teach.evidence import library
from pres_teach.imaging import Lesion, LesionError, acquire, mimics
from pres_teach.imaging.lexicon import LexiconError, lexicon, read, sites
from pres_teach.imaging.suspicion import RULES, why
from pres_teach.physiology import DIAGNOSES, MIMICS, SITES
from pres_teach.text import citations

TEXT = (resources.files("pres_teach.imaging") / "patterns.yaml").read_text(encoding="utf-8")


def test_percentages_are_those_of_the_evidence() -> None:
    claims = library().claims
    published = [(site.claim, site.percent) for site in lexicon().sites.values()]
    published += [(p.claim, p.percent) for p in lexicon().patterns.values() if p.percent is not None]
    assert len(published) == 8 + 4
    for claim, percent in published:
        assert claims[claim].value == percent


def test_share_of_enhancement_is_that_of_the_evidence() -> None:
    claim = library().claims[lexicon().enhancement.claim]
    assert (claim.k, claim.n) == (lexicon().enhancement.number, lexicon().enhancement.of)


def test_claims_and_citations_are_in_the_library() -> None:
    known = library()
    keys = {key for mimic in lexicon().mimics.values() for key in mimic.claims}
    keys |= {pattern.claim for pattern in lexicon().patterns.values()}
    keys |= {key for name in RULES for key in citations(why(name))}
    assert {key for key in keys if key not in known.claims and key not in known.sources} == set()


def test_four_published_patterns_make_up_the_whole() -> None:
    assert sum(p.percent for p in lexicon().patterns.values() if p.percent is not None) == 100


def test_every_diagnosis_has_its_pictures() -> None:
    assert set(MIMICS) == set(DIAGNOSES) - {"PRES"}
    for diagnosis, names in MIMICS.items():
        assert set(names) == set(mimics(diagnosis))
    assert {name for names in MIMICS.values() for name in names} == set(mimics())
    assert set(SITES) == set(sites())
    assert set(RULES) == set(mimics())


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("feather: 0.16", "feather: -1", '"mimics.osmotic demyelination.feather": input should be greater than 0'),
        ("affinity: grey first", "affinity: gray first", 'found "gray first"; did you mean "grey first"?'),
        ("always: [parieto-occipital, cerebellum]", "always: [cerebelum]", 'did you mean "cerebellum"?'),
        ("sides: both", "side: both", 'extra inputs are not permitted; found "both"'),
        ("{share: 0.66,", "{share: 0.6,", '"share": the parts add up to 1; found 0.94'),
        ("- {after: 0, t1: 1.1, t2: 1.15", "- {after: 3, t1: 1.1, t2: 1.15", '"course": the times "after" begin at 0'),
        ("foci: 4", "foci: four", '"mimics.metastases.foci": input should be a valid integer; found "four"'),
        ("radii: [18, 17, 19]", "radius: 18", "is either an ellipsoid with radii or a tube with a radius"),
        ("regions:\n  occipital:", "regions: {\n  occipital:", '"patterns.yaml": must be YAML'),
    ],
)
def test_a_wrong_lexicon_is_told_in_words(right: str, wrong: str, message: str) -> None:
    assert right in TEXT
    with pytest.raises(LexiconError) as caught:
        read(TEXT.replace(right, wrong))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("parietooccipital", '"parieto-occipital"'),
        ("watershed", '"holohemispheric watershed"'),
        ("PML", '"progressive multifocal leukoencephalopathy"'),
        ("HSV", '"HSV encephalitis"'),
        ("metastasis", '"metastases"'),
        ("brainstem", '"central and brainstem"'),
    ],
)
def test_an_unknown_pattern_names_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(LesionError) as caught:
        acquire(Lesion(pattern=name, oedema_ml=10, peak_ml=10), seed=4)
    assert f'found "{name}"; did you mean ' in str(caught.value)
    assert meant in str(caught.value).split("did you mean")[1]


def test_an_unknown_site_names_the_nearest() -> None:
    with pytest.raises(LesionError, match='"sites": each must be .*; found "cerebelum"; did you mean "cerebellum"'):
        acquire(Lesion(sites=("cerebelum",)), seed=4)


def test_a_mimic_takes_no_sites() -> None:
    with pytest.raises(LesionError, match='"sites": must be empty for "abscess"'):
        acquire(Lesion(pattern="abscess", sites=("frontal",)), seed=4)
