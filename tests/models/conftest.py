"""Which of these tests can be read in which environment."""

from importlib.util import find_spec

# They import torch and onnx at their head; `make test` runs them in the training environment, where both must be.
TRAINING = [
    "test_training.py",
    "test_classifier_training.py",
    "test_onnx_weights.py",
    "test_onnx_padding.py",
    "test_quantise.py",
    "test_price_reader.py",
    "test_exported.py",
    "test_embedder_training.py",
    "test_pixel_entry.py",
    "onboarding/test_eight_bit.py",
]

collect_ignore = [] if find_spec("torch") else TRAINING
