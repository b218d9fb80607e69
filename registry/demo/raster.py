"""Rasters of the demo: cell-centred grids in the working plane (EPSG:4544, metres, row 0 in the south)."""

from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Grid:
    """Values of square cells; `x0`, `y0` is the south-west corner, `step` the side in metres."""

    x0: float
    y0: float
    step: float
    values: np.ndarray

    def index(self, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of the cells under the points, clipped to the grid."""
        rows, cols = self.values.shape
        col = np.clip(((xy[..., 0] - self.x0) / self.step).astype(int), 0, cols - 1)
        row = np.clip(((xy[..., 1] - self.y0) / self.step).astype(int), 0, rows - 1)
        return row, col

    def at(self, xy: np.ndarray) -> np.ndarray:
        """Value of the cell under each point."""
        return self.values[self.index(np.asarray(xy, dtype=float))]

    def between(self, xy: np.ndarray) -> np.ndarray:
        """Bilinear value at each point."""
        xy = np.asarray(xy, dtype=float)
        rows, cols = self.values.shape
        u = np.clip((xy[..., 0] - self.x0) / self.step - 0.5, 0, cols - 1.001)
        v = np.clip((xy[..., 1] - self.y0) / self.step - 0.5, 0, rows - 1.001)
        j, i = u.astype(int), v.astype(int)
        u, v = u - j, v - i
        low = self.values[i, j] * (1 - u) + self.values[i, j + 1] * u
        high = self.values[i + 1, j] * (1 - u) + self.values[i + 1, j + 1] * u
        return low * (1 - v) + high * v

    def centres(self) -> np.ndarray:
        """Coordinates of all cell centres, shape (rows, columns, 2)."""
        rows, cols = self.values.shape
        x = self.x0 + (np.arange(cols) + 0.5) * self.step
        y = self.y0 + (np.arange(rows) + 0.5) * self.step
        return np.stack(np.meshgrid(x, y), axis=-1)

    def like(self, values: np.ndarray) -> "Grid":
        """Another grid on the same cells."""
        return Grid(self.x0, self.y0, self.step, values)


def resize(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The raster at another resolution (bicubic)."""
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=float)


def noise(
    shape: tuple[int, int], rng: np.random.Generator, wavelength: float, octaves: int = 4
) -> np.ndarray:
    """Fractal noise of mean 0 and standard deviation 1; the wavelength is in cells."""
    total = np.zeros(shape)
    for octave in range(octaves):
        size = max(wavelength / 2**octave, 2.0)
        lattice = rng.standard_normal((int(shape[0] / size) + 4, int(shape[1] / size) + 4))
        total += resize(lattice, shape) / 2**octave
    return (total - total.mean()) / total.std()


def slope_of(values: np.ndarray, step: float) -> np.ndarray:
    """Slope as the tangent of the angle."""
    dy, dx = np.gradient(values, step)
    return np.hypot(dx, dy)


def blur(values: np.ndarray, times: int) -> np.ndarray:
    """Repeated smoothing over the four neighbours."""
    for _ in range(times):
        padded = np.pad(values, 1, mode="edge")
        ring = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
        values = 0.5 * values + 0.125 * ring
    return values


def chaikin(line: np.ndarray, times: int = 2) -> np.ndarray:
    """The line with its corners cut; the ends stay."""
    for _ in range(times):
        if len(line) < 3:
            return line
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


def distance_to(mask: np.ndarray, step: float) -> np.ndarray:
    """Distance in metres from every cell to the nearest cell of the mask (two chamfer sweeps)."""
    far = np.where(mask, 0.0, 1e9)
    for _ in range(2):
        far = _sweep(far, step)
        far = _sweep(far[::-1, ::-1], step)[::-1, ::-1]
    return far


def _sweep(far: np.ndarray, step: float) -> np.ndarray:
    far = far.copy()
    columns = np.arange(far.shape[1]) * step
    for row in range(far.shape[0]):
        if row:
            above = far[row - 1]
            best = np.minimum(above + step, np.pad(above, 1, constant_values=1e9)[:-2] + 1.4142 * step)
            best = np.minimum(best, np.pad(above, 1, constant_values=1e9)[2:] + 1.4142 * step)
            far[row] = np.minimum(far[row], best)
        far[row] = np.minimum.accumulate(far[row] - columns) + columns
    return far
