"""Again: a record shown as it stood at a moment, and decided once more; for whoever inspects it. Nothing is written."""
