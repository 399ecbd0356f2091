"""A closed-set classifier of whole photos over the embedder's backbone: which of a fixed list of products is it?"""
