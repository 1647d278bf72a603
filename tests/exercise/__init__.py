"""The exercise: tempers, papers, and a whole one with real nodes."""
