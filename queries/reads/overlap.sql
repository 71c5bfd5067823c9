-- One row per set of definitions under which operations failed: how many.
-- fails_under: for each outcome of $outcomes that counts the operation as failed, 2 to the power of its code, added up;
-- 0 where none does. An outcome over time counts up to $within_days; one asked at a visit, by its answer.
with judged as (
    select
        operation,
        cast(sum(case
            when state = 1 and (list_contains($at_visit, outcome) or day <= $within_days)
                then power(2, outcome)
            else 0
        end) as integer) as fails_under
    from cohort_of_operation_outcome
    where list_contains($outcomes, outcome)
    group by operation
)

select
    fails_under,
    count(*) as operations
from judged
group by fails_under
order by fails_under
