-- One row per red-flag symptom or pain of an operation that began within $within_days before the data date.
-- red_flag: whether it asks for contact at once; a pain that does not is shown beside one that does.
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
    red_flag,
    contacted,
    days_ago
from cohort_of_symptom_event
where
    (red_flag or pain)
    and days_ago <= $within_days
order by contacted, days_ago, operation, symptom
