"""Private training on one machine: a local chain, and a real process for each actor."""
