"""``python -m axiom export``: a round's adapter, the merged model, or the dataset of what the model solved itself."""
