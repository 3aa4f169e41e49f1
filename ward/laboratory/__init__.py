"""Laboratory files: results that lie in a table, fed to the engine as if they arrived."""
