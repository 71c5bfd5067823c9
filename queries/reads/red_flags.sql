-- One row per red-flag symptom of an operation that began within $within_days before the data date.
-- The list behind red_flags_count, for those whose role includes it. Every reading of it is audited.
-- Those without contact come first, the latest on top: whom to call.
select
    operation,
    patient,
    procedure,
    surgeon,
    site,
    operated,
    symptom,
    day,
    onset,
    course,
    severity,
    resolved,
    contacted,
    days_ago
from cohort_of_symptom_event
where
    red_flag
    and days_ago <= $within_days
order by contacted, days_ago, operation, symptom
