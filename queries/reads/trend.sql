-- One row per day of surgery: operations, those whose state at the landmark is known, and how many had failed by then.
-- Known, $at_visit and $due_from as in case_mix.
select
    operated,
    count(*) as operations,
    -- None is null: all are worked out of days and states, which every operation has.
    count(*) filter (
        where case
            when $at_visit then state in (0, 1)
            else operated <= $due_from and (state = 1 or day >= $within_days)
        end
    ) as known,
    count(*) filter (
        where case
            when $at_visit then state = 1
            else operated <= $due_from and state = 1 and day <= $within_days
        end
    ) as failed
from cohort_of_operation_outcome
where outcome = $outcome
group by operated
order by operated
