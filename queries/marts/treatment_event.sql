-- One row per treatment after an operation, with everything that a filter needs.
-- made: kept
-- ${cohort}: as in operation_band
-- treatment: utinyint, the code of the treatment
-- step: utinyint, the code of the step of care
-- attempt: utinyint, which attempt of the patient at this step
-- treatment_outcome: utinyint, the code of what came of it
-- day: smallint, days since the failure (FBSS) that it answers; null where none is recorded or it came before
select
    band.${cohort},
    cast(treatment_code.code as utinyint) as treatment,
    cast(step.step as utinyint) as step,
    -- An attempt has its number: never null.
    cast(least(step.attempt, 250) as utinyint) as attempt,
    -- Code 0 is not recorded.
    cast(coalesce(outcome_code.code, 0) as utinyint) as treatment_outcome,
    case
        when failed.day is not null and date_diff('day', band.operated, step.start_date) >= failed.day
            then cast(date_diff('day', band.operated, step.start_date) - failed.day as smallint)
    end as day
from step
inner join operation_band as band on step.operation = band.operation
inner join code as treatment_code
    on treatment_code.dimension = 'treatment' and step.treatment = treatment_code.name
left join code as outcome_code
    on outcome_code.dimension = 'treatment_outcome' and step.outcome = outcome_code.name
left join fbss_failure as failed on step.operation = failed.operation
order by step.operation, step.start_date, treatment_code.code
