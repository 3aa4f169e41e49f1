"""Forms: every command of the engine as a form on a patient, checked before it is sent."""

from ward.web.forms.enrol import add_enrol
from ward.web.forms.show import add_forms

__all__ = ["add_enrol", "add_forms"]
