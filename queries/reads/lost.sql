-- One row per group: operations last seen before the landmark, apart from those for which it had not yet come.
-- $due_from: the data date less $within_days; an operation after that day is not yet due.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    count(*) filter (where operated <= $due_from) as lost,
    count(*) filter (where operated > $due_from) as not_due
from cohort_of_operation_outcome
where
    outcome = $outcome
    and state not in (1, 2)
    and day < $within_days
group by unit
order by unit
