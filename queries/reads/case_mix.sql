-- One row per group and profile: operations whose state at the landmark is known, and how many had failed by then.
-- Known: its day had come by the data date, and it had failed or was followed up to that day. The dead are not known.
-- $at_visit: the outcome is asked at a visit, where known is answered and the days play no part.
-- $due_from: the data date less $within_days; an operation after that day is not yet due.
-- unit: the code of the group in the chosen column; 0 for everybody together. profile: see table profile.
select
    ${by} as unit,
    profile,
    count(*) as operations,
    count(*) filter (where state = 1 and ($at_visit or day <= $within_days)) as failed
from cohort_of_operation_outcome
where
    outcome = $outcome
    and case
        when $at_visit then state in (0, 1)
        else operated <= $due_from and (state = 1 or day >= $within_days)
    end
group by unit, profile
order by unit, profile
