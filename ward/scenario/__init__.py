"""Scenarios: a patient's story in a file, run against the engine, with what must follow at each step.

The form of the file stands in docs/reference/scenarios.md.
"""

from ward.scenario.form import Scenario, ScenarioWrong, read
from ward.scenario.run import Run, run_scenario

__all__ = ["Run", "Scenario", "ScenarioWrong", "read", "run_scenario"]
