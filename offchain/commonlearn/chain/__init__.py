"""All that talks to a chain. Nothing else in the package imports web3."""
