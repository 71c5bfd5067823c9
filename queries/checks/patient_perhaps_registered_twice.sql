-- One row per patient who agrees with another one in sex, date of birth, and day and procedure of an operation.
-- One person under two identifiers: a reoperation would not be seen.
-- severity: note
-- phase: together
-- table: patients
-- column: patient_id
-- judged: birth_date is not null and sex is not null
-- message: sex, date of birth, day of surgery and procedure are those of the patient of {other}.
-- message: Is it the same person?
with known as (
    select
        patient.source,
        patient.line,
        patient.patient_id,
        hash(patient.sex, patient.birth_date, operation.surgery_date, operation.procedure) as agreement,
        patient.source * cast(4294967296 as bigint) + patient.line as place
    from staged_patients as patient
    inner join staged_operations as operation on patient.patient_id = operation.patient_id
    where patient.birth_date is not null and patient.sex is not null
),

agreeing as (
    select
        agreement,
        -- A place is where a row stands: never null.
        min(place) as first_place,
        -- Never null, as above.
        max(place) as last_place
    from known
    group by agreement
    having count(distinct patient_id) > 1
),

pairs as (
    select
        known.source,
        known.line,
        -- Never null, as above.
        case
            when known.place = agreeing.first_place then agreeing.last_place
            else agreeing.first_place
        end as other_place
    from known
    inner join agreeing on known.agreement = agreeing.agreement
)

select
    source,
    line,
    null as value,
    -- Never null, as above.
    min(other_place) // 4294967296 as other_source,
    min(other_place) % 4294967296 as other_line
from pairs
group by source, line
order by source, line
