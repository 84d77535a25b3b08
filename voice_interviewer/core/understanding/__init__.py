"""From an answer to clauses, evidence with spans, numbers, requests and endings."""
