-- One row per operation of a patient who has another procedure within a week, that is no planned stage.
-- It is counted as a reoperation. Two rows of one operation would be counted so too: one for each procedure of a day,
-- or one with a day written wrong.
-- severity: note
-- table: operations
-- column: surgery_date
-- message: this patient has another operation within 7 days. If it is one operation, write it as one row; if the second
-- message: was planned, say so in planned_stage. Else it counts as a reoperation.
select
    one.source,
    one.line,
    cast(one.surgery_date as varchar) as value
from staged_operations as one
where
    -- Where it is not recorded it is not known to be planned.
    not coalesce(one.planned_stage, false)
    and exists (
        select 1
        from staged_operations as other
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
