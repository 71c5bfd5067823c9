-- One row per step of care and day since failure: operations whose first treatment of that step began then.
select
    step,
    day,
    count(*) as operations
from cohort_of_treatment_event
where attempt = 1 and day is not null
group by step, day
order by step, day
