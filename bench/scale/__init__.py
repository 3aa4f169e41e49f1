"""What one node carries and what breaks first: the runs behind `docs/explanation/scale.md`.

`python -m bench.scale NAME ...` takes some of them. Each figure says in what state the machine was.
"""
