-- One row per symptom of an operation that began within $within_days before the data date.
-- red_flag: whether it asks for contact at once; what does not is shown beside one of the same days that does.
-- contacted_after: days from its onset to the contact that is recorded; null where none is.
-- For those whose role includes it. Every reading of it is audited.
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
    pain,
    contacted,
    contacted_after,
    days_ago
from cohort_of_symptom_event
where days_ago <= $within_days
order by contacted, days_ago, operation, symptom
