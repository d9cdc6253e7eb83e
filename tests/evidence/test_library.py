from __future__ import annotations

import html.parser
import subprocess
import sys

import pytest
from pydantic import ValidationError

from pres_teach import text
from pres_teach.evidence import Claim, LibraryError, UnknownKey, library, read_library, wilson

SOURCE = """
sources:
  paper:
    short: "Paper 2020"
    full: "Somebody. Something. Journal 2020"
    journal: "Journal"
    read: abstract
  memory:
    short: "Memory"
    full: "Remembered"
    kind: none
    read: unverified
claims:
"""
CLAIM = """  paper-share:
    statement: "Three of ten did"
    source: paper
    k: 3
    n: 10
    population: "ten patients"
    support: abstract
"""


def faults_of(claim: str) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        read_library(SOURCE + claim)
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> list[str]:
    assert old in CLAIM
    return faults_of(CLAIM.replace(old, new))


def test_a_good_library_is_read() -> None:
    assert read_library(SOURCE + CLAIM).claim("paper-share").share == 0.3


def test_a_numerator_above_its_denominator_is_refused() -> None:
    assert changed("k: 3", "k: 30") == [
        'library.yaml line 14: claim "paper-share": "k": must not be above "n"; found 30 of 10; '
        "check which is the numerator"
    ]


def test_a_claim_without_population_is_refused() -> None:
    assert changed('    population: "ten patients"\n', "") == [
        'library.yaml line 14: "population" of claim "paper-share": every claim needs it; found none; add "population"'
    ]


def test_a_claim_with_an_empty_population_is_refused() -> None:
    (fault,) = changed('population: "ten patients"', 'population: " "')
    assert fault.startswith('library.yaml line 19: "population" of claim "paper-share": ')


def test_an_unknown_source_is_refused_and_the_nearest_named() -> None:
    assert changed("source: paper", "source: papr") == [
        'library.yaml line 16: "source" of claim "paper-share": "papr": must be the id of a source in the library; '
        'found none of that name; did you mean "paper"?'
    ]


def test_a_duplicate_id_is_refused() -> None:
    assert faults_of(CLAIM + CLAIM) == [
        'library.yaml line 21: "paper-share": an id stands once in claims; found again, first on line 14; rename one'
    ]


def test_a_claim_may_not_take_the_id_of_a_source() -> None:
    (fault,) = changed("paper-share", "paper")
    assert '"paper": a claim and a source may not share an id' in fault


def test_an_unknown_field_is_refused_and_the_nearest_named() -> None:
    assert changed("population:", "popolation:")[0] == (
        'library.yaml line 14: "population" of claim "paper-share": every claim needs it; found none; add "population"'
    )
    assert changed("population:", "popolation:")[1] == (
        'library.yaml line 19: "popolation" of claim "paper-share": unknown field; found \'ten patients\'; '
        'did you mean "population"?'
    )


def test_all_faults_are_told_at_once() -> None:
    assert (
        len(
            faults_of(
                CLAIM.replace("k: 3", "k: 30") + CLAIM.replace("paper-share", "other").replace("n: 10\n", "m: 10\n")
            )
        )
        == 2
    )


def test_an_unknown_support_is_refused_with_the_choices() -> None:
    (fault,) = changed("support: abstract", "support: sure")
    assert fault.startswith("library.yaml line 20: \"support\" of claim \"paper-share\": must be 'abstract', 'table'")


def test_a_claim_is_not_better_known_than_its_source() -> None:
    assert changed("source: paper", "source: memory") == [
        'library.yaml line 20: "support" of claim "paper-share": a claim is not better known than its source; '
        'found "abstract" from a source marked "unverified"; use "unverified"'
    ]


def test_a_foreign_section_is_refused() -> None:
    (fault,) = faults_of("facts:\n  a:\n    k: 1\n")
    assert '"facts": sections are sources and claims' in fault


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"k": 3}, '"k": a numerator needs its denominator'),
        ({"k": 3, "n": 4, "value": 75.0, "unit": "%"}, '"value": a claim has a share'),
        ({"value": 3.0}, '"unit": goes with "value"'),
        ({"unit": "%"}, '"unit": goes with "value"'),
        ({"value": 3.0, "unit": "months", "low": 2.0}, '"spread": "low", "high" and "spread" go together'),
        ({"value": 9.0, "unit": "d", "low": 2.0, "high": 3.0, "spread": "range"}, '"value": must lie between'),
        ({"low": 2.0, "high": 3.0, "spread": "range"}, '"value": a printed range surrounds a value'),
        ({"sd": 2.0}, '"sd": a standard deviation belongs to a value'),
        ({"value": 130.0, "unit": "%", "n": 10}, '"value": a share in per cent lies between 0 and 100'),
        ({"verdict": "wrong"}, '"verdict": judges what the article said'),
    ],
)
def test_numbers_that_do_not_belong_together_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Claim.model_validate(
            {"id": "a", "statement": "s", "source": "b", "population": "p", "support": "abstract", **fields}
        )


def test_a_claim_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        library().claim("datar2015-status").k = 14  # type: ignore[misc]


def test_the_library_is_read_once() -> None:
    assert library() is library()


@pytest.mark.parametrize(
    "key",
    [
        "hammerstrom2013",
        "loar2013",
        "casecardiol2021",
        "geocadin2023",
        "fugate2010",
        "fugate2015",
        "bartynski2007",
        "bartynski2008",
        "hefzy2009",
        "mckinney2012",
        "wagih2015",
        "furukawa",
        "li2020",
        "cruz2012",
        "lim2024",
        "datar2015",
        "song",
        "prograf-label",
        "eu-smpc",
        "emre2000",
        "transplantation2000",
        "sirolimus-label",
        "belatacept-label",
        "haplo2020",
        "aisa2009",
        "actahaematol2016",
        "heilman2011",
        "chardain2016",
        "magnesium2006",
        "hari2011",
        "accaha2017",
        "esett2019",
        "aes2016",
        "woillard2011",
        "woillard2014",
        "fluconazole-interaction",
        "hooper2012",
        "diltiazem2022",
        "phenytoin-clin-transplant2017",
        "nis2017",
        "hinduja2020",
        "chen2018",
        "palaha",
        "alexander2013",
        "saad2019",
        "wu2010",
        "common-knowledge",
        "teaching-model",
    ],
)
def test_the_agreed_sources_are_there(key: str) -> None:
    assert library().source(key).id == key


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        ("hammerstrom2013-mental", "15/19 = 79 % (57 to 91 %)"),
        ("datar2015-status", "13/84 = 15 % (9 to 25 %)"),
        ("furukawa-normal", "8/14 = 57 % (33 to 79 %)"),
        ("bartynski2008-incidence", "21/4222 = 0.50 % (0.33 to 0.76 %)"),
        ("bartynski2008-kidney", "8/9 = 89 % (57 to 98 %)"),
        ("bartynski2008-liver", "9/10 = 90 % (60 to 98 %)"),
        ("bartynski2007-frontal", "68 % (60 to 75 %), n = 136"),
        ("belatacept-rescue-rejection", "10.4 % (6 to 17 %), n = 115"),
        ("transplantation2000-rejection", "9/23 = 39 % (22 to 59 %)"),
        ("nis2017-death", "14/635 = 2.2 % (1.3 to 3.7 %)"),
        ("datar2015-treated", "3 months (interquartile range 2 to 7)"),
        ("chen2018-haemorrhage", "4.93 times the odds (95 % interval 3.94 to 6.17, n = 448)"),
        ("bartynski2008-liver-pressure", "104.8 ± 16 mmHg"),
        ("hammerstrom2013-strategies", "p = 1.0"),
        ("hammerstrom2013-difference", "10 percentage points (95 % interval \N{MINUS SIGN}41 to 55)"),
        ("fluconazole-200", "3.1 times (n = 8)"),
        ("hammerstrom2013-no-strategy", "n = 19"),
        ("geocadin2023-features", ""),
        ("reconversion", "0/9 = 0 % (0 to 30 %)"),
    ],
)
def test_the_numbers_of_a_claim_in_one_phrase(key: str, numbers: str) -> None:
    assert library().claim(key).numbers == numbers


def test_a_share_printed_in_per_cent_has_the_interval_of_that_part_of_its_denominator() -> None:
    assert library().claim("bartynski2007-frontal").interval == wilson(0.68 * 136, 136)


def test_a_share_without_denominator_has_no_interval() -> None:
    assert library().claim("cruz2012-seizures").interval is None


def test_both_halves_of_the_sentence_on_levels_and_magnesium_are_kept() -> None:
    assert "levels were not observed" in library().claim("hammerstrom2013-levels").statement
    assert "Hypomagnesaemia was not observed" in library().claim("hammerstrom2013-magnesium").statement


def test_no_share_of_the_library_lies_outside_its_printed_statement() -> None:
    for claim in library().claims.values():
        if claim.k is not None and f"{claim.k} of {claim.n}" in claim.statement:
            assert claim.share == pytest.approx(claim.k / claim.n)  # type: ignore[operator]


def test_a_citation_of_a_claim_names_its_numbers_and_how_it_is_known() -> None:
    citation = library().cite("datar2015-status")
    assert citation is not None
    assert citation.label == "Datar 2015"
    assert citation.lines == (
        ("source", "Datar 2015, Epilepsia"),
        ("says", "Status epilepticus came in 13 of the 84 who had a seizure."),
        ("numbers", "13/84 = 15 % (9 to 25 %)."),
        ("plain", "In plain words: such a count fits a true share anywhere from 9 to 25 in 100."),
        ("who", "In whom: patients with PRES and a seizure."),
        ("known", "Known from: the abstract."),
    )


def test_a_card_says_what_the_article_made_of_it_and_what_to_be_aware_of() -> None:
    kinds = dict(library().card("hammerstrom2013-switched"))
    assert kinds["article"] == "The article says: “Survival 50% when switched to another agent”"
    assert kinds["verdict"] == "Misused: four patients, and the paper found no strategy better."
    assert kinds["plain"].endswith("So few patients tell little.")


def test_a_citation_of_a_claim_points_at_its_source() -> None:
    citation = library().cite("datar2015-status")
    assert citation is not None
    assert citation.key == "datar2015"


def test_a_citation_of_a_source_gives_the_full_reference() -> None:
    citation = library().cite("hammerstrom2013")
    assert citation is not None
    kinds = dict(citation.lines)
    assert kinds["says"].endswith("Am J Hematol 2013;88:301-305.")
    assert kinds["known"] == "Known from: the abstract."


def test_an_unknown_key_has_no_citation() -> None:
    assert library().cite("nobody2099") is None


def test_an_unknown_key_asked_for_by_name_is_told_the_nearest() -> None:
    with pytest.raises(UnknownKey) as caught:
        library().source("datar2051")
    assert str(caught.value) == (
        '"datar2051": must be the id of a source in the library; found none of that name; did you mean "datar2015"?'
    )
    with pytest.raises(UnknownKey, match="the id of a claim"):
        library().claim("datar2015")


@pytest.mark.parametrize("key", ["eu-smpc", "esett2019", "common-knowledge", "lorazepam-dose", "us-label-reduce"])
def test_what_was_not_checked_says_so(key: str) -> None:
    citation = library().cite(key)
    assert citation is not None
    assert "not checked: see local guidance" in str(citation.lines).lower()
    assert "not checked: see local guidance" in library().sources_html([key]).lower()


def test_a_parameter_of_the_teaching_model_is_never_a_measurement() -> None:
    citation = library().cite("teaching-model")
    assert citation is not None
    assert str(citation.lines).lower().count("a parameter of the teaching model, not a measurement") == 1


def test_every_source_and_claim_can_be_cited() -> None:
    lib = library()
    for key in [*lib.sources, *lib.claims]:
        citation = lib.cite(key)
        assert citation is not None
        assert citation.key in lib.sources
        assert text.citations(f"[@{key}]") == (key,)


def test_no_claim_is_better_known_than_was_read() -> None:
    for claim in library().claims.values():
        if claim.source == "common-knowledge":
            assert claim.support == "unverified"


def test_no_survival_is_claimed_by_strategy_but_the_articles_own() -> None:
    told = {claim.id for claim in library().claims.values() if "survived to discharge" in claim.statement}
    assert told == {
        "hammerstrom2013-not-held",
        "hammerstrom2013-held-resumed",
        "hammerstrom2013-switched",
        "hammerstrom2013-survivors",
    }


def test_a_list_of_sources_names_each_once_and_in_order() -> None:
    labels = [
        reference.label
        for reference in library().references(["song", "datar2015-status", "datar2015", "datar2015-seizures"])
    ]
    assert labels == ["Datar 2015", "Song"]


def test_a_list_of_sources_says_how_well_each_is_known() -> None:
    known = {
        key: library().references([key])[0].known
        for key in ["datar2015", "prograf-label", "hefzy2009", "computed-here"]
    }
    assert known == {
        "datar2015": "abstract read",
        "prograf-label": "label text read",
        "hefzy2009": "table read",
        "computed-here": "computed here",
    }
    assert library().references(["accaha2017"])[0].known.startswith("second-hand")


def test_a_list_of_sources_carries_the_anchor_that_citations_link_to() -> None:
    page = library().sources_html(["datar2015-status"])
    assert '<li id="source-datar2015">' in page
    assert '<a href="https://doi.org/10.1111/epi.12933">doi:10.1111/epi.12933</a>' in page


def test_a_list_of_all_sources_is_well_formed() -> None:
    opened: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader(convert_charrefs=True).feed(library().sources_html(library().sources))
    assert opened == []


def test_no_sources_give_no_list() -> None:
    assert library().sources_html([]) == ""


def test_an_unknown_key_in_a_list_of_sources_is_refused() -> None:
    with pytest.raises(UnknownKey, match="nobody2099"):
        library().sources_html(["nobody2099"])


def test_reading_the_library_loads_neither_a_yaml_reader_nor_statistics() -> None:
    heavy = "{'ruamel.yaml', 'scipy', 'pandas', 'matplotlib', 'pint'}"
    code = f"import sys; from pres_teach.evidence import library; library(); print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
