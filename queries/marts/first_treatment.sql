-- One row per symptom that a treatment of its operation followed: the first day on which one began.
-- made: passing
-- operation: integer, the number of the operation
-- source: smallint, the file that the symptom stands in
-- line: integer, the line of that file
-- start_date: date, of the first treatment on or after the day of the symptom
select
    symptom.operation,
    symptom.source,
    symptom.line,
    min(treatment.start_date) as start_date
from symptom
inner join treatment on symptom.operation = treatment.operation and symptom.onset_date <= treatment.start_date
group by symptom.operation, symptom.source, symptom.line
order by symptom.operation, symptom.source, symptom.line
