"""Scans: MR volumes of one patient with one lesion, computed slice by slice from tissue and signal equations."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pres_teach.imaging import grid, lesions, regions, tissue, words
from pres_teach.imaging.anatomy import Anatomy, anatomy
from pres_teach.imaging.grid import Volume
from pres_teach.imaging.lesions import Drawn, Lesion, LesionState
from pres_teach.imaging.tissue import SEQUENCES
from pres_teach.patient import stream

MOSAIC_COLUMNS = 7


class ScanError(ValueError):
    """Something asked of a scan that it doesn't have."""


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
        Values that grey 0 and 255 stand for [signal relative to white matter; ADC 1e-3 mm2/s].
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
    """MR volumes of one patient at one time. Made by :func:`acquire`.

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
        """Names of the sequences."""
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
        """How each sequence was measured: TR_ms, TE_ms, TI_ms (0 without inversion) and b [s/mm2]."""
        out = {}
        for name, how in tissue.sequences(self.field_t).items():
            out[name] = MappingProxyType({"TR_ms": how.tr, "TE_ms": how.te, "TI_ms": round(how.ti), "b": how.b})
        return MappingProxyType(out)

    def _check(self, sequence: str, index: int = 0) -> str:
        if sequence not in SEQUENCES:
            near = difflib.get_close_matches(sequence.upper(), SEQUENCES, n=1, cutoff=0.3)
            hint = f'did you mean "{near[0]}"?' if near else "choose one of these"
            raise ScanError(f'"sequence": must be one of {", ".join(SEQUENCES)}; found "{sequence}"; {hint}')
        if not 0 <= index < grid.SHAPE[0]:
            raise ScanError(
                f'"index": must lie between 0 and {grid.SHAPE[0] - 1}; found {index}; '
                "use index_of(z) to find the slice at a height"
            )
        return sequence

    def values(self, sequence: str, index: int) -> Volume:
        """One slice as measured, (H, W), radiological: signal relative to normal white matter, or ADC [1e-3 mm2/s].

        Raises
        ------
        ScanError
            For an unknown sequence or a slice that does not exist.
        """
        key = (self._check(sequence, index), int(index))
        if key not in self._kept:
            self._kept[key] = _measured(self, *key).astype(np.float16)
        return self._kept[key].astype(np.float32)

    def slice(self, sequence: str, index: int) -> NDArray[np.uint8]:
        """One slice for display, (H, W) uint8 in the default window; the patient's right is on the image's left."""
        how = tissue.sequences(self.field_t)[self._check(sequence, index)]
        return _grey(self.values(sequence, index), *how.window)

    def mosaic(self, sequence: str) -> Mosaic:
        """All slices of a sequence in one picture, for a viewer that windows them itself."""
        from PIL import Image

        how = tissue.sequences(self.field_t)[self._check(sequence)]
        slices, height, width = grid.SHAPE
        rows = -(-slices // MOSAIC_COLUMNS)
        sheet = np.zeros((rows * height, MOSAIC_COLUMNS * width), np.uint8)
        for k in range(slices):
            row, column = divmod(k, MOSAIC_COLUMNS)
            tile = _grey(self.values(sequence, k), *how.range)
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = tile
        with io.BytesIO() as out:
            Image.fromarray(sheet).save(out, "PNG", compress_level=4)
            png = out.getvalue()
        return Mosaic(png, width, height, MOSAIC_COLUMNS, *how.range, *how.window)

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


def _grey(values: Volume, low: float, high: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip((values - low) * (255.0 / (high - low)) + 0.5, 0, 255), np.uint8)


def noise_free(scan: Scan, sequence: str, index: int) -> Volume:
    """One slice from the signal equations alone, relative to normal white matter (ADC in 1e-3 mm2/s)."""
    how = tissue.sequences(scan.field_t)[sequence]
    of = tissue.tissues(scan.field_t)
    head, drawn, k = scan.head, scan.drawn, index
    shape = grid.SHAPE[1:]
    whole_fluid = head.fluid[k]
    at = np.flatnonzero((head.white[k] + head.grey[k] + whole_fluid).ravel() > 0.004)

    def here(plane: NDArray[np.float16] | Volume) -> Volume:
        return plane.ravel()[at].astype(np.float32)

    def there(values: Volume) -> Volume:
        out = np.zeros(shape, np.float32)
        out.ravel()[at] = values
        return out

    white, grey, fluid = here(head.white[k]), here(head.grey[k]), here(whole_fluid)
    oedema_plane = drawn.oedema[k].astype(np.float32)
    affected = bool(oedema_plane.any() or drawn.swelling[k].any() or drawn.loss[k].any())
    oedema = here(oedema_plane)
    if affected:  # swollen gyri narrow their sulci
        swelling = np.clip(1.5 * ndi.gaussian_filter(drawn.swelling[k].astype(np.float32), 3.0), 0, 1)
        pressed = 0.75 * fluid * here(swelling * ~head.ventricle[k])
        fluid, grey = fluid - pressed, grey + pressed
        gone = here(drawn.loss[k])  # fluid takes the place of lost tissue
        white, grey, fluid = white * (1 - gone), grey * (1 - gone), fluid + gone * (white + grey)
    restricted, shine = here(drawn.restricted[k]), here(drawn.shine[k])
    value = tissue.parameter
    adc = {
        "white": of["white"].adc + (value("oedema", "adc_white") - of["white"].adc) * oedema,
        "grey": of["grey"].adc + (value("oedema", "adc_grey") - of["grey"].adc) * oedema,
    }
    adc = {name: a * here(drawn.adc[k]) for name, a in adc.items()}
    adc = {name: a + (value("restricted", "adc") - a) * restricted for name, a in adc.items()}
    blood, clot = here(drawn.microbleeds[k]), here(drawn.haematoma[k])
    sulcal = here(drawn.sulcal_blood[k])
    if how.kind == "apparent diffusion":
        total = white + grey + fluid
        mixed = (
            white * adc["white"] * (1 + 0.025 * here(head.texture[k])) + grey * adc["grey"] + fluid * of["fluid"].adc
        ) / total
        mixed = mixed + (of["haematoma"].adc - mixed) * np.maximum(clot, 0.5 * blood)
        mixed = mixed + (of["sulcal_blood"].adc - mixed) * 0.6 * sulcal
        return there(mixed * (total > 0.4))
    iron, long_t2, texture = here(head.iron[k]), here(head.long_t2[k]), here(head.texture[k])
    t2_factor = 1 + (value("oedema", "t2_factor") - 1) * (1 + value("oedema", "t2_spread") * 1.6 * shine) * oedema
    t2_factor = t2_factor * (1 + (value("restricted", "t2_factor") - 1) * restricted)
    t2_factor = t2_factor * here(drawn.t2[k])
    t1_factor = (1 + (value("oedema", "t1_factor") - 1) * oedema) * here(drawn.t1[k])
    pd_factor = (1 + (value("oedema", "pd_factor") - 1) * oedema) * here(drawn.pd[k])
    t2_star_factor = (1 + 0.35 * oedema) * (1 + 0.35 * (here(drawn.t2[k]) - 1))
    out = np.zeros(at.size, np.float32)
    for name, part in (("white", white), ("grey", grey)):
        t = of[name]
        own = 1 + value("normal_variation", "texture") * texture
        if name == "white":
            own = own * (1 + value("normal_variation", "long_t2") * long_t2)
        t2 = 1 / (1 / (t.t2 * t2_factor * own) + iron * value("normal_variation", "iron_r2"))
        t2_star = 1 / (1 / (t.t2_star * t2_star_factor) + iron * value("normal_variation", "iron_r2_star"))
        out += part * tissue.equation(how, t.t1 * t1_factor, t2, t2_star, t.pd * pd_factor, adc[name])
    out += fluid * tissue.signal_of(how, of["fluid"])
    if how.kind == "inversion recovery":  # fluid that flows is not quite nulled
        out += fluid * 0.004 * (1 + 0.6 * texture)
    if how.kind == "gradient echo":
        dark = np.clip(0.94 * here(head.vein[k]), 0, 1)
        out += (tissue.signal_of(how, of["vein"]) - out) * dark
        bloom = ndi.gaussian_filter(np.maximum(drawn.microbleeds[k], drawn.haematoma[k]).astype(np.float32), 0.7)
        out *= 1 - np.clip(1.7 * here(bloom), 0, 1) * 0.97
    else:
        out *= 1 - 0.9 * here(head.void[k] * (1 - drawn.thrombus[k]))
        out += 1.15 * here(drawn.thrombus[k]) * abs(tissue.signal_of(how, of["grey"]))
        out += (tissue.signal_of(how, of["haematoma"]) - out) * np.maximum(clot, 0.35 * blood)
    out += (tissue.signal_of(how, of["sulcal_blood"]) - out) * sulcal
    out += 0.25 * here(head.choroid[k]) * abs(tissue.signal_of(how, of["grey"]))
    picture = there(out)
    echo_planar = sequence == "DWI"
    if not echo_planar:
        for name, fractions in head.shell.items():
            left = how.fat if name in ("fat", "marrow") else 1.0
            picture += fractions[k].astype(np.float32) * (left * tissue.signal_of(how, of[name]))
    return np.abs(picture) / tissue.reference(sequence, scan.field_t)


def _measured(scan: Scan, sequence: str, index: int) -> Volume:
    """A slice with what a scanner adds: blur, uneven sensitivity, Rician noise that is stronger in the middle."""
    looks = tissue.document()["picture"]
    clean = noise_free(scan, sequence, index)
    clean = ndi.gaussian_filter(clean, looks["blur_mm"][sequence])
    if sequence in ("DWI", "ADC"):
        clean = _distorted(clean, float(grid.Z_MM[index]), looks["distortion_mm"], stretch=sequence == "DWI")
    random = stream(scan.seed, index, f"noise {sequence}")
    grain = random.standard_normal((2, *clean.shape), dtype=np.float32)
    width = 0.85 if sequence in ("DWI", "ADC") else 0.55
    grain = ndi.gaussian_filter(grain, (0, width, width), truncate=3.0)
    grain /= grain.std()
    y, x = grid.Y_MM[:, None] + 18, grid.X_MM[None, :]
    from_middle = (x**2 + y**2) / 75.0**2
    amount = looks["noise"][sequence] * (0.8 + 0.7 * np.exp(-1.8 * from_middle)) * (1.5 if scan.field_t < 3 else 1.0)
    if sequence == "ADC":
        return np.asarray(
            np.where(clean > 0.12, np.clip(clean * (1 + amount * grain[0]) + 0.5 * amount * grain[1], 0, None), 0),
            np.float32,
        )
    clean = clean * _sensitivity(scan.seed)[index] * (1 + looks["bias"] * (from_middle - 0.6))
    return np.asarray(np.hypot(clean + amount * grain[0], amount * grain[1]), np.float32)


def _distorted(plane: Volume, z_mm: float, most_mm: float, *, stretch: bool) -> Volume:
    """Echo-planar distortion along the rows, above the frontal sinus and beside the ears; none from z = 16 mm up.

    ``stretch`` lets the brightness follow the squeezing, as in the pictures; a computed map keeps its values.
    """
    low = float(np.clip((16 - z_mm) / 24, 0, 1))
    if low == 0:
        return plane
    y, x = grid.Y_MM[:, None], grid.X_MM[None, :]
    sinus = np.exp(-((x / 24) ** 2) - ((y - 72) / 18) ** 2) * low
    ears = 0.6 * np.exp(-(((np.abs(x) - 56) / 12) ** 2) - ((y + 14) / 20) ** 2) * np.exp(-(((z_mm + 30) / 14) ** 2))
    shift = most_mm * (sinus + ears)
    rows, columns = np.meshgrid(np.arange(plane.shape[0]), np.arange(plane.shape[1]), indexing="ij")
    out = ndi.map_coordinates(plane, [rows + shift, columns], order=1, mode="nearest")
    return np.asarray(out * (1 + np.gradient(shift, axis=0)) if stretch else out, np.float32)


@lru_cache(maxsize=2)
def _sensitivity(seed: int) -> NDArray[np.float16]:
    """Smooth unevenness of the receiving coils, about 1."""
    field = grid.smooth_noise(40.0, stream(seed, 0, "sensitivity"))
    return np.asarray(np.exp(tissue.document()["picture"]["bias"] * 0.7 * field), np.float16)


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


@lru_cache(maxsize=3)
def _acquire(lesion: Lesion, seed: int, field_t: float, age_years: float) -> Scan:
    head = anatomy(seed, age_years)
    return Scan(lesion, seed, field_t, age_years, head, lesions.draw(head, lesion))
