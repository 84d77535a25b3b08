"""What a value says about how it is written down in a record, see `core.turns.events.to_json`."""

WRITTEN_IF_CHANGED = {"written_if_changed": True}
"""Metadata of a field that older records do not have. It is written down only where it differs from its
default. Those records were decided by the default, so it stays as it is: another usual value goes to
configs/."""
