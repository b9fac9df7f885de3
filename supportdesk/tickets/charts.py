"""The scale of a chart: round numbers up to the highest value or a little beyond.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

MOST_STEPS = 5


@dataclass(frozen=True)
class Scale:
    top: int
    ticks: Sequence[int]  # From 0 to `top`.


def nice_scale(highest: float) -> Scale:
    """From 0 in steps of 1, 2 or 5 times a power of ten; never less than 1, as no line stands at half a request."""
    rough = max(highest / MOST_STEPS, 1)
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    top = max(1, ceil(highest / step)) * step
    return Scale(top, range(0, top + 1, step))
