"""Scans: pictures of one patient with one lesion, computed slice by slice from tissue and signal equations."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pres_teach.imaging import angiogram, ct, grid, lesions, measuring, reformat, regions, settings, tissue, words
from pres_teach.imaging.anatomy import Anatomy, anatomy
from pres_teach.imaging.angiogram import Angiogram
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lesions import Drawn, Lesion, LesionState
from pres_teach.imaging.measuring import noise_free
from pres_teach.imaging.reformat import Reformat
from pres_teach.imaging.settings import ScanError
from pres_teach.imaging.tissue import SEQUENCES, SLICED

__all__ = ["MOSAIC_COLUMNS", "Mosaic", "Scan", "ScanError", "acquire", "noise_free"]

MOSAIC_COLUMNS = 7


@dataclass(frozen=True)
class Mosaic:
    """All slices of one sequence in one 8-bit grey PNG, over the whole range of intensities.

    Attributes
    ----------
    png
        The picture; slice ``i`` is the tile in row ``i // columns`` and column ``i % columns``.
    tile_width, tile_height, columns
        Size of a tile [pixels], and tiles in a row.
    low, high
        Values that grey 0 and 255 stand for [signal relative to white matter; ADC 1e-3 mm2/s; CT Hounsfield units].
    window_low, window_high
        What to show at first, in the same unit.
    """

    png: bytes
    tile_width: int
    tile_height: int
    columns: int
    low: float
    high: float
    window_low: float
    window_high: float


@dataclass(frozen=True, eq=False)
class Scan:
    """Pictures of one patient at one time. Made by :func:`acquire`.

    Slices are those of :data:`SEQUENCES` and of a plain "CT"; vessels are seen on projections (:meth:`angiogram`).

    Attributes
    ----------
    lesion
        What was drawn.
    seed, field_t, age_years
        The patient's head, the field strength [T], the age [years].
    """

    lesion: Lesion
    seed: int
    field_t: float
    age_years: float
    head: Anatomy = field(repr=False)
    drawn: Drawn = field(repr=False)
    _kept: dict[tuple[str, int], NDArray[np.float16]] = field(default_factory=dict, repr=False)

    @property
    def sequences(self) -> tuple[str, ...]:
        """Names of the MR sequences; a plain "CT" of the same head has slices, too."""
        return SEQUENCES

    @property
    def positions_mm(self) -> Volume:
        """Height of each slice, MNI z from the feet up [mm]."""
        return grid.Z_MM.copy()

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between slices, rows and columns [mm]."""
        return grid.SPACING_MM

    @property
    def parameters(self) -> Mapping[str, Mapping[str, float]]:
        """How each sequence was measured: TR_ms, TE_ms, TI_ms (0 without inversion) and b [s/mm2]; 0 for a CT."""
        out = {"CT": MappingProxyType({"TR_ms": 0.0, "TE_ms": 0.0, "TI_ms": 0, "b": 0.0})}
        for name, how in tissue.sequences(self.field_t).items():
            out[name] = MappingProxyType({"TR_ms": how.tr, "TE_ms": how.te, "TI_ms": round(how.ti), "b": how.b})
        return MappingProxyType(out)

    def _check(self, sequence: str, index: int = 0) -> str:
        if sequence not in SLICED:
            near = difflib.get_close_matches(str(sequence).upper(), SLICED, n=1, cutoff=0.3)
            hint = f'did you mean "{near[0]}"?' if near else "choose one of these"
            if sequence in angiogram.KINDS:
                hint = f'it has no slices: use angiogram("{sequence}")'
            raise ScanError(f'"sequence": must be one of {", ".join(SLICED)}; found "{sequence}"; {hint}')
        if not 0 <= index < grid.SHAPE[0]:
            raise ScanError(
                f'"index": must lie between 0 and {grid.SHAPE[0] - 1}; found {index}; '
                "use index_of(z) to find the slice at a height"
            )
        return sequence

    def values(self, sequence: str, index: int) -> Volume:
        """One slice as measured, (H, W), radiological.

        Signal relative to normal white matter; ADC [1e-3 mm2/s]; CT [Hounsfield units]. DWI with and without weighting
        share the scale of the weighted one.

        Raises
        ------
        ScanError
            For an unknown sequence or a slice that does not exist.
        """
        key = (self._check(sequence, index), int(index))
        if key not in self._kept:
            made = ct.measured(self, key[1]) if sequence == "CT" else measuring.measured(self, *key)
            self._kept[key] = made.astype(np.float16)
        return self._kept[key].astype(np.float32)

    def measured_with(
        self,
        sequence: str,
        index: int,
        *,
        TR_ms: float | None = None,  # noqa: N803  as in `parameters`
        TE_ms: float | None = None,  # noqa: N803
        TI_ms: float | None = None,  # noqa: N803
        b: float | None = None,
        flip_deg: float | None = None,
    ) -> Volume:
        """One slice of a sequence with other settings, (H, W); what is not given stays as in :attr:`parameters`.

        The scale stays that of the usual settings, and so does the noise: what loses signal drowns in it.

        Parameters
        ----------
        sequence, index
            Sequence and slice.
        TR_ms, TE_ms, TI_ms
            Repetition, echo and inversion time [ms].
        b
            Diffusion weighting [s/mm2].
        flip_deg
            Flip angle of a gradient echo [degrees].

        Raises
        ------
        ScanError
            For a setting that the sequence doesn't have or that no scanner can measure with.
        """
        self._check(sequence, index)
        how = settings.changed(sequence, self.field_t, TR_ms=TR_ms, TE_ms=TE_ms, TI_ms=TI_ms, b=b, flip_deg=flip_deg)
        return measuring.measured(self, sequence, int(index), how)

    def plane(self, kind: str, at_mm: float, sequence: str = "FLAIR") -> Reformat:
        """A coronal or sagittal picture, made from the axial slices: coarse, because these are 4 mm apart.

        Parameters
        ----------
        kind
            "coronal" or "sagittal".
        at_mm
            MNI y of a coronal, MNI x of a sagittal plane (to the patient's right) [mm].
        sequence
            Which sequence, or "CT".

        Raises
        ------
        ScanError
            For another kind, an unknown sequence or a plane outside the head.
        """
        return reformat.reformat(self, kind, at_mm, self._check(sequence))

    def angiogram(self, kind: str, view: str = "front", *, narrowed: bool | None = None) -> Angiogram:
        """Arteries ("MRA") or veins ("MRV") as a schematic projection.

        Parameters
        ----------
        kind
            "MRA" or "MRV".
        view
            "front", "side" or "above".
        narrowed
            Whether arteries are beaded; None as the lesion has it.

        Raises
        ------
        ScanError
            For another kind or view.
        """
        return angiogram.angiogram(self, kind, view, narrowed=narrowed)

    def slice(self, sequence: str, index: int) -> NDArray[np.uint8]:
        """One slice for display, (H, W) uint8 in the default window; the patient's right is on the image's left."""
        window, _ = tissue.shades(self._check(sequence, index), self.field_t)
        return grid.greys(self.values(sequence, index), *window)

    def mosaic(self, sequence: str) -> Mosaic:
        """All slices of a sequence in one picture, for a viewer that windows them itself."""
        from PIL import Image

        window, kept = tissue.shades(self._check(sequence), self.field_t)
        slices, height, width = grid.SHAPE
        rows = -(-slices // MOSAIC_COLUMNS)
        sheet = np.zeros((rows * height, MOSAIC_COLUMNS * width), np.uint8)
        for k in range(slices):
            row, column = divmod(k, MOSAIC_COLUMNS)
            tile = grid.greys(self.values(sequence, k), *kept)
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = tile
        with io.BytesIO() as out:
            Image.fromarray(sheet).save(out, "PNG", compress_level=4)
            png = out.getvalue()
        return Mosaic(png, width, height, MOSAIC_COLUMNS, *kept, *window)

    def tile(self, sequence: str, index: int) -> Mosaic:
        """One slice alone, in grey as in :meth:`mosaic`: what a viewer shows while the others are computed."""
        from PIL import Image

        window, kept = tissue.shades(self._check(sequence, index), self.field_t)
        grey = grid.greys(self.values(sequence, index), *kept)
        with io.BytesIO() as out:
            Image.fromarray(grey).save(out, "PNG", compress_level=4)
            png = out.getvalue()
        return Mosaic(png, grid.SHAPE[2], grid.SHAPE[1], 1, *kept, *window)

    def index_of(self, z_mm: float) -> int:
        """The slice nearest to a height.

        Raises
        ------
        ScanError
            When the height is outside the scan by more than one slice.
        """
        low, high = float(grid.Z_MM[0]), float(grid.Z_MM[-1])
        if not low - 4 <= z_mm <= high + 4:
            raise ScanError(f'"z_mm": must lie between {low:g} and {high:g} mm; found {z_mm:g}; choose a height there')
        return int(np.argmin(np.abs(grid.Z_MM - z_mm)))

    def mni(self, index: int, column: float, row: float) -> tuple[float, float, float]:
        """Where a pixel of a slice lies: x to the patient's right, y to the front, z to the head [mm].

        ``column`` and ``row`` are pixel numbers from the upper left, whole at the middle of a pixel.
        """
        self._check("FLAIR", index)
        if not (-0.5 <= column <= grid.SHAPE[2] - 0.5 and -0.5 <= row <= grid.SHAPE[1] - 0.5):
            raise ScanError(
                f'"column", "row": must lie inside {grid.SHAPE[2]} x {grid.SHAPE[1]} pixels; '
                f"found {column:g}, {row:g}; click inside the picture"
            )
        return float(grid.X_MM[0] - column), float(grid.Y_MM[0] - row), float(grid.Z_MM[index])

    def _voxel(self, x: float, y: float, z: float) -> tuple[int, int, int]:
        column, row = round(float(grid.X_MM[0]) - x), round(float(grid.Y_MM[0]) - y)
        if not (0 <= column < grid.SHAPE[2] and 0 <= row < grid.SHAPE[1]):
            raise ScanError(f'"x", "y": must lie inside the picture; found {x:g}, {y:g} mm; choose a point there')
        return self.index_of(z), row, column

    def region_at(self, x: float, y: float, z: float) -> str:
        """Words for a point: side, lobe and tissue, as "right occipital lobe, white matter".

        Parameters
        ----------
        x, y, z
            MNI position [mm].
        """
        return regions.describe(self.head, self._voxel(x, y, z))

    def adc_at(self, x: float, y: float, z: float) -> float:
        """ADC as a radiologist reads it: the mean of 5 x 5 pixels around a point [1e-3 mm2/s].

        Parameters
        ----------
        x, y, z
            MNI position [mm].
        """
        k, row, column = self._voxel(x, y, z)
        around = self.values("ADC", k)[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
        return float(around.mean())

    @property
    def lesion_ml(self) -> float:
        """Volume of the oedema that was drawn [mL]."""
        return words.volume_ml(self.head, self.drawn)

    @property
    def remark(self) -> str | None:
        """What an author should know: that more was asked than the region holds, and how much was drawn."""
        if not self.drawn.capped:
            return None
        held = self.lesion_ml or float(self.drawn.sulcal_blood.sum(dtype=np.float64) * grid.VOXEL_ML)
        return (
            f'"oedema_ml": must fit into the region of "{self.lesion.pattern}", which holds about {held:.0f} mL; found '
            f"{self.lesion.oedema_ml:g}; about {held:.0f} mL were drawn, ask for less or for another pattern"
        )

    def describe(self, sequence: str, index: int) -> str:
        """Alternative text of a slice: level, what is brighter or darker than normal, where; no diagnosis."""
        return words.describe(self, self._check(sequence, index), int(index))

    def report(self) -> str:
        """A radiology report in Markdown, made from what was drawn."""
        return words.report(self)


def acquire(lesion: LesionState, *, seed: int, field_t: float = 3.0, age_years: float = 30.0) -> Scan:
    """Scan a patient: the same arguments give the same pixels.

    Parameters
    ----------
    lesion
        State of the lesion; with ``oedema_ml`` 0 and nothing else the scan is normal.
    seed
        Seed of the case: the patient's anatomy and the noise.
    field_t
        Field strength, 1.5 or 3.0 [T].
    age_years
        Age of the patient, which opens the sulci [years].

    Raises
    ------
    LesionError
        When the lesion cannot be (see :func:`pres_teach.imaging.lesions.check`).
    ValueError
        For another field strength or an age outside 0..110.
    """
    lesions.check(lesion)
    plain = lesions.plain(lesion)
    tissue.tissues(field_t)
    if not 0 <= age_years <= 110:
        raise ValueError(f'"age_years": must lie between 0 and 110 [years]; found {age_years!r}; correct the age')
    return _acquire(plain, int(seed), float(field_t), float(age_years))


@lru_cache(maxsize=2)
def _acquire(lesion: Lesion, seed: int, field_t: float, age_years: float) -> Scan:
    head = anatomy(seed, age_years)
    return Scan(lesion, seed, field_t, age_years, head, lesions.draw(head, lesion))
