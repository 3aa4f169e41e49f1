"""Proof: checkpoints over every chain, signed outside the database, and the verifier that holds a record to them."""
