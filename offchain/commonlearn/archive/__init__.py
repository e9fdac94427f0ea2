"""A model's log on disk, and all that follows from it: its data set as of any block, its weights, its life."""
