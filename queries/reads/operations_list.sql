-- One row per operation, with what became of it: the list behind the counts, for those whose role includes it.
-- Every reading of it is audited. $states: only these states of the outcome; null for every one.
-- $causes: only those with one of these as the main cause found; null for every one.
select
    operation,
    patient,
    procedure,
    surgeon,
    site,
    operated,
    age,
    sex,
    state,
    day,
    onset,
    cause
from cohort_of_operation_outcome
where
    outcome = $outcome
    and ($states is null or list_contains($states, state))
    and ($causes is null or list_contains($causes, cause))
order by operated desc, operation asc
