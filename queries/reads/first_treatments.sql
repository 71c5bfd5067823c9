-- One row per treatment, day since failure, outcome, and whether it came first of all: operations.
-- Counted is the first such treatment of an operation after its failure.
-- first_of_all: no other treatment of that operation began before it; of several on one day the first in the order of
-- the steps of care.
with begun as (
    select
        operation,
        step,
        treatment,
        -- Of those that answer a failure: day is not null.
        min(cast(day as integer) * 256 + treatment_outcome) as day_and_outcome
    from cohort_of_treatment_event
    where day is not null
    group by operation, step, treatment
),

placed as (
    select
        step,
        treatment,
        cast(floor(day_and_outcome / 256) as integer) as day,
        day_and_outcome % 256 as treatment_outcome,
        row_number() over (
            partition by operation
            order by floor(day_and_outcome / 256), step, treatment
        ) = 1 as first_of_all
    from begun
)

select
    treatment,
    step,
    day,
    treatment_outcome,
    first_of_all,
    count(*) as operations
from placed
group by treatment, step, day, treatment_outcome, first_of_all
order by treatment, step, day, treatment_outcome, first_of_all
