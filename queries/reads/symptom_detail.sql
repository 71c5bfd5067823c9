-- One row per symptom, onset category, course, severity and what became of it: symptoms reported within $within_days.
-- resolved: 1 yes, 0 not that is recorded. treated: a treatment of the operation began after it and before it resolved.
select
    symptom,
    onset,
    course,
    severity,
    resolved,
    treated,
    count(*) as symptoms
from cohort_of_symptom_event
where day <= $within_days
group by symptom, onset, course, severity, resolved, treated
order by symptom, onset, course, severity, resolved, treated
