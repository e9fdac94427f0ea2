"""The page on a local chain: models with some history, and a server of files."""
