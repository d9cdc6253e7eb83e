"""Sirolimus and everolimus, by mouth. Parameters were read through open transcriptions of the papers."""

from __future__ import annotations

import numpy as np

from .model import Covariates, Floats, Model, Own, Parameters, Residual, log_normal

__all__ = ["EVEROLIMUS", "SIROLIMUS"]

# Above this AST the model of sirolimus lowers the clearance [U/L].
AST_LIMIT = 37.0
# Prednisolone from which the model of everolimus raises the intrinsic clearance [mg/day].
PREDNISOLONE_LIMIT = 20.0
# Hepatic plasma flow is this flow of blood times the share that is plasma [L/h].
HEPATIC_BLOOD_FLOW = 90.0


def golubovic2019(of: Covariates, own: Own) -> Parameters:
    """Sirolimus, adults with a kidney who were converted from a calcineurin inhibitor.

    Golubović and others, J Med Biochem 2019;38:323 (25 patients)::

        CL/F = 12.2 * 0.63^(AST > 37 U/L) * (1 - 0.388 * age / 44) L/h    Vc/F = 118 L    Q/F = 5.07 L/h
        Vp/F = 609 L    ka = 2.19 1/h (fixed by a prior)

    The line in age is only as long as the ages studied, which were not read; it is not let fall below a fifth of its
    start, where it would end.
    """
    slowed = 0.63 if of.ast_u_l is not None and of.ast_u_l > AST_LIMIT else 1.0
    by_age = max(1.0 - 0.388 * of.age_years / 44.0, 0.2)
    return own.of(Parameters(1, 2.19, 12.2 * slowed * by_age, 118.0, 5.07, 609.0))


def terheine2018(of: Covariates, own: Own) -> Parameters:
    """Everolimus in plasma, with extraction by the liver; whole blood follows (`terheine2018_blood`).

    Ter Heine and others, Br J Clin Pharmacol 2018;84:1575 (kidney and oncology), fat-free mass 57.2 kg::

        ktr = 5 / MAT, MAT = 0.404 h, 5 steps    EH = fu CLint / (QH (1 - haematocrit) + fu CLint)
        F = 1 - EH    CL = QH (1 - haematocrit) EH    CLint = 340 L/h (times 1.31 on prednisolone of 20 mg/day or more)
        fu = 0.27    QH = 90 L/h    VC = 175 L    VP = 577 L    Q = 85.7 L/h

    A change of clearance acts on CLint, so it changes the first pass as well. How the parameters go with fat-free mass
    was not read: everybody gets the reference subject's.
    """
    raised = np.where(np.asarray(of.prednisolone_mg_day) >= PREDNISOLONE_LIMIT, 1.31, 1.0)
    unbound = 0.27 * 340.0 * raised * own.cl
    flow = HEPATIC_BLOOD_FLOW * (1.0 - np.asarray(of.haematocrit_percent) / 100.0)
    extraction = unbound / (flow + unbound)
    return Parameters(
        steps=5,
        ktr_per_h=5.0 / 0.404 * own.ktr,
        cl_l_per_h=flow * extraction,
        vc_l=175.0 * own.vc,
        q_l_per_h=85.7 * own.q,
        vp_l=577.0 * own.vp,
        bioavailability=(1.0 - extraction) * own.bioavailability,
    )


def terheine2018_blood(plasma_ng_ml: Floats, haematocrit_percent: Floats) -> Floats:
    """Whole blood from plasma: Cp (1 - H) + H (964 Cp / (92 + Cp) + 0.153 Cp), H the haematocrit as a share [ng/mL]."""
    share = haematocrit_percent / 100.0
    cells = 964.0 * plasma_ng_ml / (92.0 + plasma_ng_ml) + 0.153 * plasma_ng_ml
    return plasma_ng_ml * (1.0 - share) + share * cells


SIROLIMUS = (
    Model(
        id="golubovic2019",
        name="Golubović 2019",
        drug="sirolimus",
        route="mouth",
        source="golubovic2019",
        studied="25 adults with a kidney, changed over from a calcineurin inhibitor,",
        organs=("kidney",),
        ages=None,
        parameters_of=golubovic2019,
        # printed without names; taken in the order of the parameters
        variances={"cl": 0.0547, "vc": 0.306, "q": 0.103, "vp": 0.0657},
        residual=Residual(0.249, 1.93),
    ),
)

EVEROLIMUS = (
    Model(
        id="terheine2018",
        name="ter Heine 2018",
        drug="everolimus",
        route="mouth",
        source="terheine2018",
        studied="Adults with a kidney, or treated for a cancer,",
        organs=("kidney",),
        ages=None,
        parameters_of=terheine2018,
        follows=("haematocrit_percent", "prednisolone_mg_day"),
        blood=terheine2018_blood,
        # MAT varies by 110 %, and so does ktr = 5 / MAT
        variances=log_normal(cl=33.9, vc=40.6, ktr=110),
        residual=Residual(0.179),
    ),
)
