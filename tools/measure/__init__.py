"""What is measured the same way in tests and in benchmarks: capacity, sizes of builds, imports and instructions of starts."""
