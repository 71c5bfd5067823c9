-- One row per group: what is known at the visit that a landmark outcome asks about.
-- operations = died + not_due + due; due = answered + unanswered; failed is a part of answered.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    count(*) as operations,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state = 2) as died,
    count(*) filter (where state in (0, 1)) as answered,
    count(*) filter (where state in (0, 1, 3)) as due,
    count(*) filter (where state = 4) as not_due
from cohort_of_operation_outcome
where outcome = $outcome
group by unit
order by unit
