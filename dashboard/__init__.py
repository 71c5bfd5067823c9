"""A clinician dashboard for outcomes after spine surgery."""
