"""Contributions that a sponsor sends for others, and pools that repay gas: for contributors, relayers and creators."""
