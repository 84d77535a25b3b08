"""One Config, where things are kept, and what was chosen last."""
