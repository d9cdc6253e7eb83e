"""Ciclosporin: after stem cells, by mouth and into a vein. Parameters were read through open transcriptions."""

from __future__ import annotations

from .model import Covariates, Model, Own, Parameters, Residual, log_normal

__all__ = ["CICLOSPORIN"]


def woillard2014(of: Covariates, own: Own) -> Parameters:
    """By mouth, adults after stem cells.

    Woillard and others, Br J Clin Pharmacol 2014;78:836: ktr 5.72 1/h, 5 transit steps, CL/F 41.2 L/h, Vc/F 222 L,
    Q/F 33.7 L/h, Vp/F 500 L (fixed). No covariate.
    """
    del of
    return own.of(Parameters(5, 5.72, 41.2, 222.0, 33.7, 500.0))


def _wilhelm2012(own: Own, steps: int) -> Parameters:
    return own.of(
        Parameters(
            steps,
            ktr_per_h=0.280,
            cl_l_per_h=21.9,
            vc_l=16.6,
            q_l_per_h=24.2,
            vp_l=59.0,
            bioavailability=0.710 if steps else 1.0,
            lag_h=0.440 if steps else 0.0,
        )
    )


def wilhelm2012(of: Covariates, own: Own) -> Parameters:
    """By mouth, adults after stem cells, all of them on fluconazole 50 mg a day.

    Wilhelm 2012: ka 0.280 1/h, lag 0.440 h, F 0.710, CL 21.9 L/h, V1 16.6 L, Q 24.2 L/h, V2 59.0 L. No covariate. The
    variability of the lag (18.1 %) is not drawn.
    """
    del of
    return _wilhelm2012(own, 1)


def wilhelm2012_iv(of: Covariates, own: Own) -> Parameters:
    """Into a vein: as `wilhelm2012`, without absorption."""
    del of
    return _wilhelm2012(own, 0)


_ADULTS = "Adults after stem cells from a donor"
_ON_FLUCONAZOLE = "All patients studied took fluconazole 50 mg a day: its effect is in the numbers already."

CICLOSPORIN = (
    Model(
        id="woillard2014",
        name="Woillard 2014",
        drug="ciclosporin",
        route="mouth",
        source="woillard2014",
        studied=_ADULTS,
        organs=("allo-hsct",),
        ages=None,
        parameters_of=woillard2014,
        variances=log_normal(ktr=50, cl=40, vc=57, q=72),
        residual=Residual(0.1253, 23.0),
    ),
    Model(
        id="wilhelm2012",
        name="Wilhelm 2012",
        drug="ciclosporin",
        route="mouth",
        source="wilhelm2012",
        studied=_ADULTS,
        organs=("allo-hsct",),
        ages=None,
        parameters_of=wilhelm2012,
        variances=log_normal(cl=22.2, vc=26.9, q=28.2, vp=30.6, ktr=43.8, bioavailability=25.0),
        residual=Residual(0.088, 65.0),
        notes=(_ON_FLUCONAZOLE,),
    ),
    Model(
        id="wilhelm2012-iv",
        name="Wilhelm 2012, into a vein",
        drug="ciclosporin",
        route="iv",
        source="wilhelm2012",
        studied=_ADULTS,
        organs=("allo-hsct",),
        ages=None,
        parameters_of=wilhelm2012_iv,
        variances=log_normal(cl=22.2, vc=26.9, q=28.2, vp=30.6),
        residual=Residual(0.088, 65.0),
        notes=(_ON_FLUCONAZOLE,),
    ),
)
