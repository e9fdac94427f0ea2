"""Twins of the prediction market's arithmetic: the replay of contributions, and what each round pays."""
