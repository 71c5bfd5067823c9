-- One row per group and profile: operations that are due at the landmark, those whose state there is known, and how
-- many of these had failed by then.
-- due: its day had come by the data date, whatever became of the operation. At a visit, the dead are not due.
-- operations: known, which is failed or followed up to that day; at a visit, answered. The dead are not known.
-- $at_visit: the outcome is asked at a visit, and the days play no part.
-- $due_from: the data date less $within_days; an operation after that day is not yet due.
-- unit: the code of the group in the chosen column; 0 for everybody together. profile: see table profile.
select
    ${by} as unit,
    profile,
    count(*) as due,
    count(*) filter (where case when $at_visit then state in (0, 1) else state = 1 or day >= $within_days end)
        as operations,
    count(*) filter (where state = 1 and ($at_visit or day <= $within_days)) as failed
from cohort_of_operation_outcome
where
    outcome = $outcome
    and case when $at_visit then state in (0, 1, 3) else operated <= $due_from end
group by unit, profile
order by unit, profile
