"""Which model a patient gets: by drug, route, organ and age, with the reason in words."""

from __future__ import annotations

from typing import NamedTuple

from pres_teach.patient import Patient

from .ciclosporin import CICLOSPORIN
from .model import Model
from .mtor import EVEROLIMUS, SIROLIMUS
from .tacrolimus import TACROLIMUS

__all__ = ["MODELLED", "MODELS", "Choice", "choose", "model"]

MODELS = {one.id: one for one in (*TACROLIMUS, *CICLOSPORIN, *SIROLIMUS, *EVEROLIMUS)}
# The drugs whose level is computed.
MODELLED = tuple(dict.fromkeys(one.drug for one in MODELS.values()))
# The toddlers' ages were not read: what the word means to us (not checked) [years].
TODDLER_UNTIL_YEARS = 4.0


class Choice(NamedTuple):
    """A model, and why it was taken for this patient."""

    model: Model
    reason: str


def model(name: str) -> Model:
    """The model of that id.

    Raises
    ------
    ValueError
        If there is none; the message names those there are.
    """
    if name not in MODELS:
        raise ValueError(f'"model": must be one of {", ".join(MODELS)}; received {name!r}; choose one of these')
    return MODELS[name]


def choose(formulation: str, route: str, patient: Patient, among: tuple[str, ...] = ()) -> Choice:
    """The model for a patient on one formulation by one route.

    Parameters
    ----------
    formulation
        Its name in the formulary: "tacrolimus", "tacrolimus prolonged release", "ciclosporin", ...
    route
        "mouth" or "iv".
    patient
        Organ and age decide.
    among
        Ids of the models that its entry in the formulary names; by default any.

    Raises
    ------
    ValueError
        If no level of that drug is computed, or none by that route.
    """
    found = _chosen(formulation, route, patient)
    if among and (found is None or found[0] not in among):
        found = among[0], "the model that its entry in the formulary names"
    if found is None:
        raise ValueError(
            f'"drug": levels are computed of {", ".join(MODELLED)}; received "{formulation}" by {route}; '
            "choose one of these"
        )
    return Choice(MODELS[found[0]], found[1])


def _chosen(formulation: str, route: str, patient: Patient) -> tuple[str, str] | None:
    stem_cells = patient.organ == "allo-hsct"
    if formulation == "ciclosporin":
        if route == "iv":
            return "wilhelm2012-iv", "the one model read that knows ciclosporin into a vein"
        return "woillard2014", "adults on ciclosporin by mouth; the kidney has no model here"
    if formulation == "sirolimus" and route == "mouth":
        return "golubovic2019", "the one model of sirolimus read: adults changed over from a calcineurin inhibitor"
    if formulation == "everolimus" and route == "mouth":
        return "terheine2018", "the one model of everolimus read"
    if not formulation.startswith("tacrolimus"):
        return None
    if route == "iv":
        return "brooks2021", "the one model read that knows tacrolimus into a vein"
    if formulation.endswith("prolonged release"):
        return "woillard2011-prolonged", "the one model read that knows prolonged release"
    if stem_cells and patient.age_years < TODDLER_UNTIL_YEARS:
        return "chen2022", "toddlers after stem cells"
    if stem_cells:
        return "dunlap2025", "stem cells from a donor, by mouth"
    if patient.organ == "lung" and not patient.child:
        return "monchaud2012", "adults after a lung"
    if patient.organ == "kidney" and not patient.child:
        return "woillard2011-immediate", "adults after a kidney"
    return "woillard2011-immediate", "the usual model for capsules; none was read for patients like this one"
