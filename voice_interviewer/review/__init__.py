"""What the candidate reads afterwards: the report, computed from the record alone."""
