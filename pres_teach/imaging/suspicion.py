"""What else a picture might be: rules over what was measured, never over what was meant to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pres_teach.imaging.findings import Findings

Rule = Callable[[Findings], bool]

FEW_ML = 1.0  # of a lesion that is worth a rule


def _infarct(f: Findings) -> bool:
    one_side = f.greater_side[1] > 0.95
    return (
        one_side
        and f.calcarine[0] > 0.35
        and (f.restricted_share > 0.4 or f.lost_ml > 0.1 * f.volume_ml or f.swelling < 0.6)
    )


def _pml(f: Findings) -> bool:
    return f.t1 > 1.5 and f.cortex_share < 0.25 and f.swelling < 0.2 and f.core_ml < 0.5 and f.pontine_share < 0.2


def _venous(f: Findings) -> bool:
    return f.thrombus


def _hippocampi(f: Findings) -> bool:
    return f.hippocampal_share > 0.55


def _limbic(f: Findings) -> bool:
    return f.limbic_share > 0.5 and not _hippocampi(f)


def _pontine(f: Findings) -> bool:
    return f.pontine_share > 0.25 and f.greater_side[1] < 0.6


def _convexity(f: Findings) -> bool:
    return f.sulcal_ml > 0.3 and f.volume_ml < FEW_ML


def _core(f: Findings) -> bool:
    return f.core_ml > 1.0 and f.swelling > 0.3


def _restricted_core(f: Findings) -> bool:
    return _core(f) and f.restricted_ml > 0.3 * f.core_ml


def _plain_core(f: Findings) -> bool:
    return _core(f) and not _restricted_core(f)


def _old_vessels(f: Findings) -> bool:
    elsewhere = f.pontine_share > 0.2 or f.hippocampal_share > 0.3 or f.thrombus
    return f.ventricular_share > 0.35 and f.swelling < 0.2 and f.greater_side[1] < 0.65 and not elsewhere


# mimic of the lexicon: rule, what argues for it, with the source
RULES: Mapping[str, tuple[Rule, str]] = MappingProxyType(
    {
        "posterior cerebral artery infarct": (
            _infarct,
            "one side, in the territory of the posterior cerebral artery with its calcarine cortex: an infarct "
            "[@stroke-features]",
        ),
        "progressive multifocal leukoencephalopathy": (
            _pml,
            "white matter up to the cortex and not into it, T1 long, no mass effect: progressive multifocal "
            "leukoencephalopathy [@pml-features]",
        ),
        "venous infarct": (
            _venous,
            "a venous sinus without its flow void: venous thrombosis, look at a venogram [@cvt-features]",
        ),
        "HSV encephalitis": (
            _limbic,
            "medial temporal lobe, insula and frontal base: herpes simplex encephalitis, treat on suspicion "
            "[@infection-features]",
        ),
        "HHV-6 encephalitis": (
            _hippocampi,
            "both hippocampi and little else: limbic encephalitis, such as by HHV-6 [@infection-features]",
        ),
        "osmotic demyelination": (
            _pontine,
            "the centre of the pons, alike on both sides: osmotic demyelination, look at the sodium of the last week "
            "[@osmotic-demyelination]",
        ),
        "convexity bleeding": (
            _convexity,
            "blood in sulci of the convexity without oedema: vasoconstriction (RCVS), look at the arteries, and again "
            "if they are normal [@rcvs-heart]",
        ),
        "metastases": (
            _plain_core,
            "round cores with a wall, oedema in the white matter around them: tumour or infection [@look-again]",
        ),
        "abscess": (
            _restricted_core,
            "a round core with restricted diffusion and a wall: abscess until shown otherwise [@infection-features]",
        ),
        "small-vessel change": (
            _old_vessels,
            "along the ventricles and in deep white matter on both sides, no swelling: old small-vessel change "
            "[@common-knowledge]",
        ),
    }
)


def suspected(found: Findings) -> tuple[str, ...]:
    """Mimics whose rule holds for what was measured."""
    return tuple(name for name, (rule, _) in RULES.items() if rule(found))


def why(mimic: str) -> str:
    """What argues for a mimic, in words, with its source."""
    return RULES[mimic][1]
