"""What `bench.vision` is made of."""
