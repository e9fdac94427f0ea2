"""Statement and branch coverage of the contracts, by probes in their source."""
