-- One row per operation that failed: its main cause, and the steps of care in the order in which they began.
-- made: kept
-- ${cohort}: as in operation_band
-- cause: utinyint, the code of its main cause
-- day: smallint, days from surgery to the failure
-- path: integer, a digit for each step's code, the first begun on the left; 0 where no treatment is recorded
-- treatment_outcome: utinyint, the code of what is recorded of the latest treatment that has an outcome
with begun as (
    select
        operation,
        step,
        -- A treatment has its first day: never null.
        min(start_date) as begun_date
    from step
    group by operation, step
),

ordered as (
    select
        operation,
        step,
        row_number() over (partition by operation order by begun_date desc, step desc) as from_the_end
    from begun
),

path_of_operation as (
    select
        operation,
        -- A step has its code and its place: never null.
        cast(sum(step * power(10, from_the_end - 1)) as integer) as path
    from ordered
    group by operation
),

ended as (
    select
        operation,
        -- Of two of one day the worse, as the words stand in the alphabet: the order of the file says nothing.
        arg_max(outcome, row(coalesce(outcome_date, start_date), outcome)) as outcome
    from step
    where outcome is not null
    group by operation
)

select
    band.${cohort},
    -- Code 0 is not recorded.
    cast(coalesce(cause_code.code, 0) as utinyint) as cause,
    cast(least(failed.day, 32000) as smallint) as day,  -- a failure has its day: never null
    -- No treatment recorded is the path 0.
    coalesce(path_of_operation.path, 0) as path,
    -- Code 0 is not recorded.
    cast(coalesce(outcome_code.code, 0) as utinyint) as treatment_outcome
from fbss_failure as failed
inner join operation_band as band on failed.operation = band.operation
left join finding on failed.operation = finding.operation and finding.main
left join code as cause_code on cause_code.dimension = 'cause' and finding.cause = cause_code.name
left join path_of_operation on failed.operation = path_of_operation.operation
left join ended on failed.operation = ended.operation
left join code as outcome_code
    on outcome_code.dimension = 'treatment_outcome' and ended.outcome = outcome_code.name
order by failed.operation
