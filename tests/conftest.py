"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On top of what Hypothesis takes by itself, which under CI is the same examples every time: nothing that asks how
# fast the machine is. An example may take as long as it takes, and so may drawing one.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
