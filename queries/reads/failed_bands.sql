-- One row per operation that failed, with the band of each factor asked for; code 0 is not recorded.
-- Behind the cases of a meeting, for those whose role includes single operations. Every reading of it is audited.
select
    operation,
    surgeon,
    site,
    ${factors}
from cohort_of_operation_outcome
where
    outcome = $outcome
    and state = 1
order by operation
