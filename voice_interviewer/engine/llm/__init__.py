"""A language model over the rules: client, ladder, guards, judge."""
