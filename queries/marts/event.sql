-- One row per recorded event that an outcome may count as failure: whose, of what kind, which, and on which day.
-- made: passing
-- operation: integer, the number of the operation
-- source: varchar, diagnosis, reoperation, complication, symptom or treatment
-- value: varchar, which of them; null for a reoperation
-- day: bigint, days since surgery
select
    diagnosis.operation,
    'diagnosis' as source,
    coalesce(diagnosis.cause, diagnosis.code) as value,
    date_diff('day', operation.surgery_date, diagnosis.diagnosis_date) as day
from diagnosis
inner join operation on diagnosis.operation = operation.operation
cross join rule
where diagnosis.cause is not null or upper(diagnosis.code) = rule.fbss_code
union all
select
    operation,
    'reoperation' as source,
    null as value,
    reoperation_day as day
from index_operation
where reoperation_day is not null
union all
select
    complication.operation,
    'complication' as source,
    complication.complication as value,
    date_diff('day', operation.surgery_date, complication.complication_date) as day
from complication
inner join operation on complication.operation = operation.operation
union all
select
    symptom.operation,
    'symptom' as source,
    symptom.symptom as value,
    date_diff('day', operation.surgery_date, symptom.onset_date) as day
from symptom
inner join operation on symptom.operation = operation.operation
where symptom.onset_date >= operation.surgery_date
union all
select
    treatment.operation,
    'treatment' as source,
    treatment.treatment as value,
    date_diff('day', operation.surgery_date, treatment.start_date) as day
from treatment
inner join operation on treatment.operation = operation.operation
