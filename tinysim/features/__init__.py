"""What the benchmarks' inputs are computed from sounds by, as the reference computes it.

All is float32, in the reference's order: where little sound is, rounding is part of the feature.
"""
