-- One row per operation with a symptom on or after surgery: the first day, and whether it was never relieved.
-- made: passing
-- operation: integer, the number of the operation
-- day: bigint, days from surgery to the first symptom
-- persistent: boolean, whether a symptom was never relieved
select
    symptom.operation,
    min(date_diff('day', operation.surgery_date, symptom.onset_date)) as day,
    -- A course that is not recorded is not known to be persistent: the symptom counts as new, with its day.
    bool_or(coalesce(symptom.course = 'persistent', false)) as persistent
from symptom
inner join operation on symptom.operation = operation.operation
where symptom.onset_date >= operation.surgery_date
group by symptom.operation
order by symptom.operation
