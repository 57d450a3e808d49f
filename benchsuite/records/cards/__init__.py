"""Cards of what a run made: synthetic data in Croissant, models for the Hugging Face Hub."""
