"""What a check has compared, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field

TELLS_NOTHING = 0.03
"""A limit above this is no limit."""


@dataclass
class Report:
    """What was compared.

    Attributes:
        faults: one line each.
        n_compared: comparisons.
        n_untold: those that were left out because they say nothing.
        n_accidents: steps or epochs that were off, and are not once their features are shaken a little.
    """

    faults: list[str] = field(default_factory=list)
    n_compared: int = 0
    n_untold: int = 0
    n_accidents: int = 0

    def compare(self, what: str, error: float, limit: float, *, tells_nothing: float = TELLS_NOTHING) -> None:
        """Note a fault where an error is above its limit, or no number."""
        if not limit <= tells_nothing:
            self.n_untold += 1
            return
        self.n_compared += 1
        if not error <= limit:
            self.faults.append(f"{what} is off by {error:.3g}, the limit is {limit:.3g}")

    def expect(self, what: str, *, is_so: bool) -> None:
        """Note a fault where something that must hold does not."""
        self.n_compared += 1
        if not is_so:
            self.faults.append(f"not so: {what}")

    def add(self, other: Report) -> None:
        """Take over another report."""
        self.faults += other.faults
        self.n_compared += other.n_compared
        self.n_untold += other.n_untold
        self.n_accidents += other.n_accidents
