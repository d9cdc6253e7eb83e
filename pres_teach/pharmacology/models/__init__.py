"""Published population models: tacrolimus, ciclosporin, sirolimus, everolimus; and which of them a patient gets."""

from __future__ import annotations

from .choice import MODELLED, MODELS, Choice, choose, model
from .model import TYPICAL, Covariates, Model, Own, Parameters, Residual, own, owns, through
from .tacrolimus import REFERENCE_HAEMATOCRIT, STARTING_DOSE_AUC

__all__ = [
    "MODELLED",
    "MODELS",
    "REFERENCE_HAEMATOCRIT",
    "STARTING_DOSE_AUC",
    "TYPICAL",
    "Choice",
    "Covariates",
    "Model",
    "Own",
    "Parameters",
    "Residual",
    "choose",
    "model",
    "own",
    "owns",
    "through",
]
