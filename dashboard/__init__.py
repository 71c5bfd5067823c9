"""A clinician dashboard for outcomes after spine surgery."""

import os

# Before numpy is there, which looks but once. Its threads wait for one another without letting go of the processor: on
# two busy cores the limits of the monitoring took 9 s with two of them, and 0.3 s with one; on quiet ones no longer.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
