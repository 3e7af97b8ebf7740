"""The policy: loading, quantisation and adapters in plain PyTorch; never imports Lightning."""
