"""Measurements that tests and benchmarks share: capacity units, sizes of builds, imports and instructions of starts."""
