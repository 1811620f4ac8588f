"""A tensor's name and shape come in; the numbers that random_weights() of tests/support/random_model.cpp gives go out."""

import numpy as np


def weights(name, shape):
    """Uniform numbers from the tensor's name: FNV-1a of it seeds splitmix64; LayerNorm weights lie around 1."""
    seed = np.uint64(14695981039346656037)
    with np.errstate(over="ignore"):
        for byte in name.encode():
            seed = (seed ^ np.uint64(byte)) * np.uint64(1099511628211)
        z = seed + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1  # [-1, 1)
    values = unit * (0.5 if len(shape) > 1 else 0.25) + (1.0 if name.endswith("LayerNorm.weight") else 0.0)
    return values.astype(np.float32).reshape(shape)
