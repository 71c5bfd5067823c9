-- One row per operation: whose it is, and every recorded trait that a factor may be banded by; null is not recorded.
-- A diagnosis joins its questionnaire: yes if either says so, no if one says no and neither says yes.
-- Most stand as they were recorded.
-- made: view
select
    operation.operation,
    operation.patient,
    operation.procedure,
    operation.surgeon,
    operation.site,
    operation.surgery_date,
    least(90, cast(coalesce(
        operation.age, least(90, extract(year from operation.surgery_date) - patient.birth_year)
    ) as integer)) as age,
    patient.sex,
    coalesce(
        operation.bmi, operation.weight_kg / power(operation.height_cm / 100.0, 2)
    ) as bmi,
    coalesce(
        operation.excessive_alcohol or operation.alcohol_audit_c >= case patient.sex when 'female' then 3 else 4 end,
        operation.excessive_alcohol,
        operation.alcohol_audit_c >= case patient.sex when 'female' then 3 else 4 end
    ) as alcohol,
    coalesce(operation.depression or operation.phq9 >= 10, operation.depression, operation.phq9 >= 10) as depression,
    coalesce(operation.anxiety or operation.gad7 >= 10, operation.anxiety, operation.gad7 >= 10) as anxiety,
    coalesce(operation.level_count, len(string_split(operation.levels, ';'))) as level_count,
    operation.${traits}
from operation
inner join patient on operation.patient = patient.patient
