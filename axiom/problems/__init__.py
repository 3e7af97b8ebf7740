"""What the model learns from and is measured on: problems, their files and their sources."""
