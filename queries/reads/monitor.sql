-- One row per surgeon, family of procedures, day of surgery and profile: known operations in order, and the failures.
-- What a sequential chart needs to go through them one by one. Known and $due_from as in case_mix, never at a visit.
with counted as (
    select
        surgeon,
        family,
        operated,
        profile,
        state = 1 and day <= $within_days as has_failed
    from cohort_of_operation_outcome
    where
        outcome = $outcome
        and operated <= $due_from
        and (state = 1 or day >= $within_days)
)

select
    surgeon,
    family,
    operated,
    profile,
    count(*) as operations,
    count(*) filter (where has_failed) as failed
from counted
group by surgeon, family, operated, profile
order by surgeon, family, operated, profile
