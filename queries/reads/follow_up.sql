-- One row per group, visit and state of the visit: operations.
-- visit_state: 1 answered, 2 died before its window ended, 3 overdue, 4 lost, 5 open now, 6 not yet due, 7 early.
select
    ${by} as unit,
    visit,
    state as visit_state,
    count(*) as operations
from cohort_of_visit_state
group by unit, visit, visit_state
order by unit, visit, visit_state
