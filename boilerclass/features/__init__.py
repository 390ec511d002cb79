"""Batch to matrix: the same function in training and at work."""
