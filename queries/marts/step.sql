-- One row per treatment of an operation: which step of care it belongs to, and which attempt at that step it is.
-- Attempts are counted for the patient: a second revision answers the failure of the operation that was the first one.
-- Of several of one day the first is that of the earlier operation, by procedure and number on one day.
-- made: passing
-- operation: integer, the number of the operation
-- treatment: varchar, its name
-- start_date: date, when it began
-- outcome: varchar, what came of it; null where that is not recorded
-- outcome_date: date, when that was
-- step: smallint, the code of the step of care
-- attempt: bigint, 1 for the patient's first treatment at this step
select
    treatment.operation,
    treatment.treatment,
    treatment.start_date,
    treatment.outcome,
    treatment.outcome_date,
    step_code.code as step,
    row_number() over (
        partition by operation.patient, step_code.code
        order by
            treatment.start_date,
            treatment.treatment,
            operation.surgery_date,
            operation.procedure,
            operation.operation
    ) as attempt
from treatment
inner join operation on treatment.operation = operation.operation
inner join code as treatment_code
    on treatment_code.dimension = 'treatment' and treatment.treatment = treatment_code.name
inner join code as step_code on step_code.dimension = 'step' and treatment_code.family = step_code.name
order by treatment.operation, treatment.start_date, treatment.treatment
