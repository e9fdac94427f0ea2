"""Gas of computing a market's settlement: every transaction of a replay, calldata included, from receipts.

Measured at the engine itself. What the market's own contract adds to a portion (the check of the records, the pay) is
not in it.
"""

from __future__ import annotations
