-- One row per operation and outcome: what became of it, when, and everything that a filter or a breakdown needs.
-- Every read of rates, curves and factors scans this one table. Narrow codes; table code says what they stand for.
-- part: the outcome. Made one outcome after the other, so that what is equal for all of them is never held many times.
-- made: kept, by outcome
-- outcome: utinyint, the code of the outcome
-- ${cohort}: as in operation_band
-- ${other_factors}, profile, quarter, modifiable, modifiable_unknown, cause: as in operation_band
-- state: utinyint, 0 left or well, 1 failed, 2 died before, 3 unanswered, 4 not yet due
-- day: smallint, days from surgery to its state
-- onset: utinyint, the code of when the failure showed itself; 0 without one
with state_of_operation as (
    select
        operation,
        outcome,
        state,
        day,
        case when state = 1 and persistent then -1 when state = 1 then day end as onset_day
    from time_state
    where outcome = $part
    union all
    select
        operation,
        outcome,
        state,
        day,
        null as onset_day
    from landmark_state
    where outcome = $part
)

select
    cast(become.outcome as utinyint) as outcome,
    band.${cohort},
    band.profile,
    band.quarter,
    band.modifiable,
    band.modifiable_unknown,
    cast(become.state as utinyint) as state,
    cast(least(become.day, 32000) as smallint) as day,  -- every state has its day: never null
    -- Code 0 is without an onset: null where it did not fail.
    coalesce(onset_day.onset, 0) as onset,
    band.cause,
    band.${other_factors}
from operation_band as band
inner join state_of_operation as become on band.operation = become.operation
left join onset_day on become.onset_day = onset_day.day
order by become.operation
