"""Training of the SKU embedder: metric learning on product crops, export to ONNX, evaluation against galleries."""
