-- One row per surgeon, family of procedures, day of surgery and profile: known operations in order, and the failures.
-- What a sequential chart needs to go through them one by one. Known and $due_from as in case_mix, never at a visit.
select
    surgeon,
    family,
    operated,
    profile,
    count(*) as operations,
    count(*) filter (where state = 1 and day <= $within_days) as failed
from cohort_of_operation_outcome
where
    outcome = $outcome
    and operated <= $due_from
    and (state = 1 or day >= $within_days)
group by surgeon, family, operated, profile
order by surgeon, family, operated, profile
