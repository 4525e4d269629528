"""What a design says of an effect, and what it could say."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """The weeks of one automation.

    Attributes:
        target: (clients, weeks) tickets that it should make fewer.
        control: (clients, weeks) the other tickets of the same clients.
        siblings: (categories, weeks) the control by sibling category; may be empty.
        live_from: (clients,) first week in which it ran for the client; `weeks` = never, or not yet.
    """

    target: Counts
    control: Counts
    siblings: Counts
    live_from: NDArray[np.int64]

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return int(self.target.shape[1])

    @property
    def treated(self) -> NDArray[np.bool_]:
        """(clients,) it ran for them within the weeks."""
        found: NDArray[np.bool_] = self.live_from < self.weeks
        return found


@dataclass(frozen=True)
class Estimate:
    """A log effect: below zero, tickets became fewer.

    Attributes:
        effect: log of the incidence ratio.
        error: its standard error, the largest that any look at the data gives.
        p_fewer: one-sided probability of such a fall without any effect, the largest of all looks.
        p_more: the same for a rise.
        freedom: degrees of freedom of the t distribution of the error.
        clients: clients it rests on, as many of equal size as it is worth.
    """

    effect: float
    error: float
    p_fewer: float
    p_more: float
    freedom: float
    clients: float

    def interval(self, level: float) -> tuple[float, float]:
        """Incidence ratio, its interval's two ends: 0.7 is 30% fewer."""
        from scipy.special import stdtrit  # noqa: PLC0415  # 0.3 s, only where something is judged

        reach = float(stdtrit(self.freedom, 0.5 + level / 2)) * self.error
        return math.exp(self.effect - reach), math.exp(self.effect + reach)

    def detectable(self, claim: float, power: float) -> float:
        """The smallest reduction (0–1) that would be claimed with this power."""
        return detectable(self.error, self.freedom, claim, power)


def detectable(error: float, freedom: float, claim: float, power: float) -> float:
    """The smallest reduction (0–1) that a one-sided test at `claim` finds with `power`.

    1 - exp(-(t(1 - claim) + t(power)) · error)
    """
    from scipy.special import stdtrit  # noqa: PLC0415  # as above

    reach = float(stdtrit(freedom, 1 - claim) + stdtrit(freedom, power))
    return 1 - math.exp(-reach * error)


def tail(effect: float, error: float, freedom: float) -> tuple[float, float]:
    """One-sided p of a fall and of a rise, by Student's t."""
    from scipy.special import stdtr  # noqa: PLC0415  # as above

    below = float(stdtr(freedom, effect / error)) if error > 0 else 0.5
    return below, 1 - below


def worth(sizes: NDArray[np.float64]) -> float:
    """As many of equal size: (sum)² / sum of squares; 0 of nothing."""
    squares = float((sizes**2).sum())
    return float(sizes.sum()) ** 2 / squares if squares else 0.0
