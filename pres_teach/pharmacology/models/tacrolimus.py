"""Tacrolimus: kidney, lung and stem cells, by mouth and into a vein.

Parameters were read through open transcriptions of the papers. A test pins each model to reference values.
"""

from __future__ import annotations

from .model import Covariates, Floats, Model, Own, Parameters, Residual, log_normal

__all__ = ["STARTING_DOSE_AUC", "TACROLIMUS"]

# Haematocrit of Woillard's reference subject [%].
REFERENCE_HAEMATOCRIT = 35.0
# AUC over a dosing interval that Andrews' starting dose aims at [ng h/mL].
STARTING_DOSE_AUC = 222.0


def _woillard2011(of: Covariates, own: Own, immediate: int) -> Parameters:
    return own.of(
        Parameters(
            steps=3,
            ktr_per_h=3.34 * 1.53**immediate,
            cl_l_per_h=21.2
            * (of.haematocrit_percent / REFERENCE_HAEMATOCRIT) ** -1.14
            * 2.00 ** (1 if of.expresser else 0),
            vc_l=486.0 * 0.29**immediate,
            q_l_per_h=79.0,
            vp_l=271.0,
        )
    )


def woillard2011_immediate(of: Covariates, own: Own) -> Parameters:
    """Immediate release, by mouth, adults after a kidney.

    Woillard and others, Br J Clin Pharmacol 2011;71:391-402, doi 10.1111/j.1365-2125.2010.03837.x, Table 4, whole data
    set (73 patients, 186 profiles; 6 of them CYP3A5 expressers)::

        ktr = 3.34 * 1.53^IR 1/h     CL/F = 21.2 * (haematocrit / 35 %)^-1.14 * 2.00^expresser L/h
        Vc/F = 486 * 0.29^IR L       Q/F = 79 L/h     Vp/F = 271 L     3 transit steps, IR = 1

    The factor 0.29 on Vc also takes up time since transplantation: it is not a pure effect of the formulation. Omega²
    is taken as ln(1 + CV²); other open copies take CV², and the difference is small.
    """
    return _woillard2011(of, own, 1)


def woillard2011_prolonged(of: Covariates, own: Own) -> Parameters:
    """Prolonged release: as `woillard2011_immediate` with IR = 0."""
    return _woillard2011(of, own, 0)


def storset2014(of: Covariates, own: Own) -> Parameters:
    """Plasma, adults after a kidney; whole blood follows from the haematocrit (`storset2014_blood`).

    Størset and others, Br J Clin Pharmacol 2014;78:509-523, doi 10.1111/bcp.12361 (242 patients, 3100 levels)::

        lag 0.41 h     ka = 1.01 1/h     CL/F = 811 * (FFM / 60 kg)^0.75 * 1.30^expresser L/h
        V1/F = 6290 * (FFM / 60 kg) L    Q/F = 1200 * (FFM / 60 kg)^0.75 L/h    V2/F = 32100 * (FFM / 60 kg) L
        F = (1 - 0.67 * prednisolone / (35 mg/day + prednisolone)) * 0.82^expresser * 2.68^(first day)

    Variances between occasions (F 23 %, ka 120 %) and of the first day's factor (57 %) are not drawn.
    """
    size = (of.fat_free_mass_kg or 60.0) / 60.0
    expresser = 1 if of.expresser else 0
    f = (1.0 - 0.67 * of.prednisolone_mg_day / (35.0 + of.prednisolone_mg_day)) * 0.82**expresser * 2.68**of.first_day
    return own.of(
        Parameters(
            steps=1,
            ktr_per_h=1.01,
            cl_l_per_h=811.0 * size**0.75 * 1.30**expresser,
            vc_l=6290.0 * size,
            q_l_per_h=1200.0 * size**0.75,
            vp_l=32100.0 * size,
            bioavailability=f,
            lag_h=0.41,
        )
    )


def storset2014_blood(plasma_ng_ml: Floats, haematocrit_percent: Floats) -> Floats:
    """Whole blood from plasma: Cwb = Cp (1 + 418 haematocrit / (Cp + 3.8)), haematocrit as a share [ng/mL].

    The drug fills the red cells; at the same plasma level an anaemic patient's whole-blood level is lower.
    """
    return plasma_ng_ml * (1.0 + 418.0 * (haematocrit_percent / 100.0) / (plasma_ng_ml + 3.8))


def _andrews2019(of: Covariates, own: Own, final: bool) -> Parameters:
    surface = (of.body_surface_m2 or 1.93) / 1.93
    if final:
        cl = 23.0 * 1.631 ** (1 if of.expresser else 0) * 0.80 ** (1 if of.cyp3a4_22 else 0)
        cl = cl * (of.age_years / 55.72) ** -0.43 * surface**0.88 * ((of.albumin_g_l or 42.0) / 42.0) ** 0.43
        cl = cl * (of.creatinine_umol_l / 134.98) ** -0.14 * (of.haematocrit_percent / 34.0) ** -0.76
        v1, q, v2, lag, ka = 692.0, 11.6, 5340.0, 0.38, 3.58
    else:
        cl = 22.5 * 1.62 ** (1 if of.expresser else 0) * 0.814 ** (1 if of.cyp3a4_22 else 0)
        cl = cl * (of.age_years / 55.72) ** -0.50 * surface**0.72
        v1, q, v2, lag, ka = 685.0, 10.6, 6590.0, 0.39, 3.70
    v1 *= ((of.lean_mass_kg or 58.94) / 58.94) ** 1.52
    return own.of(Parameters(1, ka, cl, v1, q, v2, lag_h=lag))


def andrews2019(of: Covariates, own: Own) -> Parameters:
    """Adults in the first three months after a kidney: for finding a dose, never after a hold, a stop or a switch.

    Andrews and others, Br J Clin Pharmacol 2019;85:601-615, doi 10.1111/bcp.13838 (337 patients, 4527 levels)::

        lag 0.38 h    ka = 3.58 1/h    V1/F = 692 * (LBM / 58.94 kg)^1.52 L    Q/F = 11.6 L/h    V2/F = 5340 L
        CL/F = 23.0 * 1.631^expresser * 0.80^(CYP3A4*22) * (age / 55.72)^-0.43 * (BSA / 1.93)^0.88
               * (albumin / 42)^0.43 * (creatinine / 134.98)^-0.14 * (haematocrit / 34)^-0.76 L/h

    Its terminal half-life is 487 h: V2 was not identified in practice.
    """
    return _andrews2019(of, own, final=True)


def andrews2019_starting(of: Covariates, own: Own) -> Parameters:
    """The starting-dose model of Andrews 2019: what is known before the first level.

    ::

        lag 0.39 h    ka = 3.70 1/h    V1/F = 685 * (LBM / 58.94 kg)^1.52 L    Q/F = 10.6 L/h    V2/F = 6590 L
        CL/F = 22.5 * 1.62^expresser * 0.814^(CYP3A4*22) * (age / 55.72)^-0.50 * (BSA / 1.93)^0.72 L/h
    """
    return _andrews2019(of, own, final=False)


def dunlap2025(of: Covariates, own: Own) -> Parameters:
    """Adults after stem cells, by mouth.

    Dunlap and others, Clin Pharmacokinet 64:1621, doi 10.1007/s40262-025-01529-w (290 patients)::

        ka = 0.50 1/h    CL/F = 23 * (WT / 70)^0.75 * 2.14^expresser * 0.63^(reduced conditioning) L/h
        V1/F = 150 * (WT / 70) L    Q/F = 43 * (WT / 70)^0.75 L/h    V2/F = 1153 * (WT / 70) L

    Strong CYP3A4 inhibitors were excluded.
    """
    size = of.weight_kg / 70.0
    cl = 23.0 * size**0.75 * 2.14 ** (1 if of.expresser else 0) * 0.63 ** (1 if of.reduced_conditioning else 0)
    return own.of(Parameters(1, 0.50, cl, 150.0 * size, 43.0 * size**0.75, 1153.0 * size))


def brooks2021(of: Covariates, own: Own) -> Parameters:
    """Into a vein, children and young adults after stem cells.

    Brooks and others, Front Pharmacol 12:750672 (111 patients)::

        CL = 4.2 * (WT / 70)^0.75 * 0.8^azole L/h    V = 61.9 * (WT / 70) L    Q = 2 CL    V2 = 2 V

    The azole stands in the formulary. Q and V2 follow CL and V, so they vary with them.
    """
    size = of.weight_kg / 70.0
    cl, vc = 4.2 * size**0.75 * own.cl, 61.9 * size * own.vc
    return Parameters(0, 1.0, cl, vc, 2.0 * cl * own.q, 2.0 * vc * own.vp)


def chen2022(of: Covariates, own: Own) -> Parameters:
    """Toddlers after stem cells, by mouth.

    Chen and others, Front Pharmacol 13:758524::

        ka = 4.48 1/h (fixed)    CL/F = 19.8 * (WT / 70)^0.75 * (1 - 0.57 posaconazole) L/h    V/F = 11300 * (WT / 70) L

    Posaconazole stands in the formulary.
    """
    size = of.weight_kg / 70.0
    return own.of(Parameters(1, 4.48, 19.8 * size**0.75, 11300.0 * size))


def monchaud2012(of: Covariates, own: Own) -> Parameters:
    """Adults after a lung, by mouth.

    Monchaud 2012 as transcribed in tucuxi-drugs::

        ktr = 7.06 * 0.47^(cystic fibrosis) 1/h    CL = 17.5 * 1.4^expresser L/h    V1 = 136 L
        Q = 41.1 L/h    V2 = 529 L    5 transit steps
    """
    ktr = 7.06 * 0.47 ** (1 if of.cystic_fibrosis else 0)
    return own.of(Parameters(5, ktr, 17.5 * 1.4 ** (1 if of.expresser else 0), 136.0, 41.1, 529.0))


_KIDNEY = "Adult kidney recipients aged 18 to 70"
_WOILLARD = log_normal(ktr=24, cl=28, vc=31, q=54, vp=60)
_DOSE_ONLY = "Made for finding a dose: its terminal half-life of 487 h says nothing of a hold, a stop or a switch."

TACROLIMUS = (
    Model(
        id="woillard2011-immediate",
        name="Woillard 2011, immediate release",
        drug="tacrolimus",
        route="mouth",
        source="woillard2011",
        studied=_KIDNEY,
        organs=("kidney",),
        ages=(18.0, 70.0),
        parameters_of=woillard2011_immediate,
        follows=("haematocrit_percent",),
        variances=_WOILLARD,
        occasions_cv_percent={"ktr": 33, "vc": 75, "cl": 31},
        residual=Residual(0.113, 0.71),
    ),
    Model(
        id="woillard2011-prolonged",
        name="Woillard 2011, prolonged release",
        drug="tacrolimus",
        route="mouth",
        source="woillard2011",
        studied=_KIDNEY,
        organs=("kidney",),
        ages=(18.0, 70.0),
        parameters_of=woillard2011_prolonged,
        follows=("haematocrit_percent",),
        variances=_WOILLARD,
        residual=Residual(0.113, 0.71),
    ),
    Model(
        id="storset2014",
        name="Størset 2014, plasma and red cells",
        drug="tacrolimus",
        route="mouth",
        source="storset2014",
        studied="Adult kidney recipients",
        organs=("kidney",),
        ages=None,
        parameters_of=storset2014,
        follows=("haematocrit_percent", "prednisolone_mg_day", "first_day"),
        blood=storset2014_blood,
        variances=log_normal(cl=40, vc=54, q=63),
        correlations={("cl", "vc"): 0.43, ("cl", "q"): 0.62},
        occasions_cv_percent={"bioavailability": 23, "ktr": 120},
        residual=Residual(0.149),
        sized=True,
    ),
    Model(
        id="andrews2019",
        name="Andrews 2019, final model",
        drug="tacrolimus",
        route="mouth",
        source="andrews2019",
        studied="Adult kidney recipients in their first three months",
        organs=("kidney",),
        ages=None,
        parameters_of=andrews2019,
        follows=("haematocrit_percent",),
        variances=log_normal(cl=38.6, vc=49.2, vp=53.0, q=78.7),
        occasions_cv_percent={"cl": 13.6},
        residual=Residual(0.245),
        sized=True,
        notes=(_DOSE_ONLY,),
        dose_finding_only=True,
    ),
    Model(
        id="andrews2019-starting",
        name="Andrews 2019, starting dose",
        drug="tacrolimus",
        route="mouth",
        source="andrews2019",
        studied="Adult kidney recipients in their first three months",
        organs=("kidney",),
        ages=None,
        parameters_of=andrews2019_starting,
        variances=log_normal(cl=39.4, vc=54.0, vp=53.7, q=79.6),
        occasions_cv_percent={"cl": 14.6},
        sized=True,
        notes=(_DOSE_ONLY,),
        dose_finding_only=True,
    ),
    Model(
        id="dunlap2025",
        name="Dunlap 2025",
        drug="tacrolimus",
        route="mouth",
        source="dunlap2025",
        studied="Adults after stem cells from a donor",
        organs=("allo-hsct",),
        ages=None,
        parameters_of=dunlap2025,
        variances=log_normal(cl=55, vc=95, vp=66),
        residual=Residual(additive_ng_ml=2.51),
        sized=True,
        notes=("Patients on strong CYP3A4 inhibitors were left out of that study.",),
    ),
    Model(
        id="brooks2021",
        name="Brooks 2021, into a vein",
        drug="tacrolimus",
        route="iv",
        source="brooks2021",
        studied="Children and young adults after stem cells from a donor",
        organs=("allo-hsct",),
        ages=None,
        parameters_of=brooks2021,
        variances=log_normal(cl=26.1),
        occasions_cv_percent={"cl": 28.7},
        residual=Residual(0.179),
        sized=True,
        adults=False,
    ),
    Model(
        id="chen2022",
        name="Chen 2022",
        drug="tacrolimus",
        route="mouth",
        source="chen2022",
        studied="Toddlers after stem cells from a donor",
        organs=("allo-hsct",),
        ages=None,
        parameters_of=chen2022,
        variances={"cl": 0.349**2, "vc": 0.859**2},
        residual=Residual(0.259, 1.353),
        sized=True,
        adults=False,
    ),
    Model(
        id="monchaud2012",
        name="Monchaud 2012",
        drug="tacrolimus",
        route="mouth",
        source="monchaud2012",
        studied="Adults after a lung",
        organs=("lung",),
        ages=None,
        parameters_of=monchaud2012,
        variances={"cl": 0.537**2, "vc": 0.41**2, "vp": 1.26**2, "q": 0.717**2, "ktr": 0.427**2},
        residual=Residual(0.069, 1.6),
    ),
)
