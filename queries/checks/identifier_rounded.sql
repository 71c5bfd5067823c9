-- One row per file in which values of ${field} are numbers that a spreadsheet rounded, such as 2.0231E+11.
-- What was rounded is lost, and several persons or operations would be counted as one: nothing is imported.
-- tables: flat.patient_id, flat.operation_id, patients.patient_id, operations.patient_id, operations.operation_id,
-- tables: follow_ups.operation_id, symptoms.operation_id, diagnoses.operation_id, complications.operation_id,
-- tables: treatments.operation_id
-- name: ${record}_${field}_rounded
-- severity: stop
-- phase: identity
-- column: ${field}
-- message: a spreadsheet rounded these identifiers and wrote them like 2.0231E+11.
-- message: Several patients would become one. Export the column again, formatted as text or as a whole number.
select
    source,
    min(line) as line,
    null as value
from ${staged}
where
    is_rounded(${field})
group by source
order by source
