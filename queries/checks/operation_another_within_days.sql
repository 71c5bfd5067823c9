-- One row per operation of a patient who has another procedure within a week, that is no planned stage.
-- It is counted as a reoperation. Two rows of one operation would be counted so too: one for each procedure of a day,
-- or one with a day written wrong.
-- severity: note
-- table: operations
-- column: surgery_date
-- message: this patient has another operation within 7 days. If it is one operation, write it as one row; if the second
-- message: was planned, say so in planned_stage. Else it counts as a reoperation.
with patient_again as (
    select patient_id
    from staged_operations
    group by patient_id
    having count(*) > 1
),

again as (
    -- Most patients have one operation: only those with several are held against one another.
    select
        source,
        line,
        operation_id,
        patient_id,
        surgery_date,
        procedure,
        planned_stage
    from staged_operations
    where patient_id in (select patient_again.patient_id from patient_again)
)

select
    one.source,
    one.line,
    cast(one.surgery_date as varchar) as value
from again as one
where
    -- Where it is not recorded it is not known to be planned.
    not coalesce(one.planned_stage, false)
    and exists (
        select 1
        from again as other
        where
            other.patient_id = one.patient_id
            and other.operation_id != one.operation_id
            and (other.surgery_date, other.procedure) != (one.surgery_date, one.procedure)
            and other.surgery_date between one.surgery_date - 7 and one.surgery_date
            and not (
                other.surgery_date = one.surgery_date
                and (other.source, other.line) > (one.source, one.line)
            )
    )
order by one.source, one.line
