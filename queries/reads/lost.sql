-- One row per group: operations for which the landmark had come, of these who had failed by it and who were last seen
-- before it; and, whatever became of them so far, those for which it had not yet come.
-- $due_from: the data date less $within_days; an operation after that day is not yet due. That is decided first: who
-- failed before the landmark came would otherwise count as known where those who are well do not count at all.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    count(*) filter (where operated <= $due_from) as due,
    count(*) filter (where operated <= $due_from and state = 1 and day <= $within_days) as due_failed,
    count(*) filter (where operated <= $due_from and state not in (1, 2) and day < $within_days) as lost,
    count(*) filter (where operated > $due_from) as not_due
from cohort_of_operation_outcome
where outcome = $outcome
group by unit
order by unit
