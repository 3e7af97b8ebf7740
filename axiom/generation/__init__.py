"""Where the model samples: the Sampler protocol and its engines."""
