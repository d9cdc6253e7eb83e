"""An optional view of a scan in three planes and as a solid, by ipyniivue; the scan viewer shows all of it too."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import traitlets

from .foundation import Html, PresWidget, script, style, words

if TYPE_CHECKING:
    from pres_teach.imaging import Scan

EXTRA = 'pip install "pres_teach[viewer3d]"'
NEEDED = ("ipyniivue", "nibabel")
HEIGHT_PX = 460


class VolumeFrame(PresWidget):
    """What stands above the three-dimensional view: what it shows, in words. It keeps that view's keys from Jupyter.

    Parameters
    ----------
    label
        The name of the view.
    body
        Safe HTML.
    """

    _esm = script("volume_view")
    _css = style()

    label = traitlets.Unicode("").tag(sync=True)
    body = traitlets.Unicode("").tag(sync=True)

    def static_html(self) -> str:
        return self.body

    def __repr__(self) -> str:
        return self.label


def missing() -> list[str]:
    """The packages of the extra that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def volume_view(scan: Scan, sequence: str = "FLAIR", *, label: str = "The scan in three planes") -> Any:
    """Show one sequence in three planes and as a solid.

    Parameters
    ----------
    scan
        The scan.
    sequence
        Which sequence.
    label
        The name of the view.

    Returns
    -------
    ipywidgets.VBox or Html
        The view; words about what to install where ipyniivue or nibabel is missing.

    Raises
    ------
    ScanError
        For an unknown sequence.
    """
    first = scan.tile(sequence, 0)  # an unknown sequence is named before anything is loaded
    absent = missing()
    if absent:
        return Html(
            f"<h3>{words(label)}</h3><p>This view needs {' and '.join(absent)}, which "
            f"{'is' if len(absent) == 1 else 'are'} not installed here. Where you may install packages: "
            f"<code>{words(EXTRA)}</code>, then start the kernel anew. You miss nothing without it: the scan viewer "
            "shows the same slices, and says them in words.</p>",
            f"{label}: not installed ({', '.join(absent)})",
        )
    import ipyniivue
    import ipywidgets

    spacing = scan.spacing_mm
    said = (
        f'<p class="pt-eyebrow">{words(label)}</p>'
        f"<p><strong>SYNTHETIC.</strong> {words(sequence)}, computed for teaching: nobody's head, not for diagnosis. "
        f"Slices were made every {spacing[0]:g} mm from the feet up, so that the view from the front and from the side "
        "is a coarse reformat. The patient's right is on the left of the picture.</p>"
        '<p class="pt-soft">A picture only: what is on each slice stands in words in the scan viewer. Click to move '
        "the crosshair, drag with the right button for brightness, turn the solid with a drag.</p>"
    )
    picture = ipyniivue.NiiVue(
        height=HEIGHT_PX,
        is_radiological_convention=True,
        show_3d_crosshair=True,
        is_orient_cube=False,
        multiplanar_force_render=True,
        back_color=(0.0, 0.0, 0.0, 1.0),
        crosshair_color=(1.0, 0.83, 0.3, 1.0),
    )
    picture.load_volumes(
        [
            ipyniivue.Volume(
                data=nifti(scan, sequence),
                name=f"synthetic-{sequence}.nii",
                colormap="gray",
                cal_min=first.window_low,
                cal_max=first.window_high,
            )
        ]
    )
    picture.set_slice_type(ipyniivue.SliceType.MULTIPLANAR)
    return ipywidgets.VBox([VolumeFrame(label=label, body=said), picture])


def nifti(scan: Scan, sequence: str) -> bytes:
    """One sequence as a NIfTI file in MNI millimetres; needs nibabel.

    Parameters
    ----------
    scan
        The scan.
    sequence
        Which sequence.
    """
    from pres_teach.imaging import to_nifti

    made: bytes = to_nifti(scan, sequence).to_bytes()
    return made
