-- One row per operation: whose it is, and every recorded trait that a factor may be banded by; null is not recorded.
-- A diagnosis joins its questionnaire: yes if either says so, no if one says no and neither says yes.
-- AUDIT-C is positive from 3 points in women and from 4 in men: what 3 points are without one of the two sexes is not
-- known, and then a diagnosis of no decides nothing either.
-- Most stand as they were recorded.
-- made: view
with worked_out as (
    select
        operation.operation,
        coalesce(operation.age, extract(year from operation.surgery_date) - patient.birth_year) as age,
        case
            when patient.sex = 'female' or operation.alcohol_audit_c != 3 then operation.alcohol_audit_c >= 3
            when patient.sex = 'male' then operation.alcohol_audit_c >= 4
        end as audit_c_positive
    from operation
    inner join patient on operation.patient = patient.patient
)

select
    operation.operation,
    operation.patient,
    operation.procedure,
    operation.surgeon,
    operation.site,
    operation.surgery_date,
    -- least passes over null: only of a recorded age.
    cast(case when worked_out.age is not null then least(90, worked_out.age) end as integer) as age,
    -- An age that is known only as a band stays one: no year of it is made up.
    case when worked_out.age is null then cast(split_part(operation.age_band, '-', 1) as integer) end as age_low,
    case when worked_out.age is null then cast(split_part(operation.age_band, '-', 2) as integer) end as age_high,
    patient.sex,
    -- To the ninth decimal: 30 is 30, whatever the arithmetic makes of its last digit.
    round(coalesce(operation.bmi, operation.weight_kg / power(operation.height_cm / 100.0, 2)), 9) as bmi,
    case
        when operation.alcohol_audit_c is null then operation.excessive_alcohol
        -- A diagnosis that nobody recorded leaves the answer to the points.
        else coalesce(operation.excessive_alcohol, false) or worked_out.audit_c_positive
    end as alcohol,
    coalesce(operation.depression or operation.phq9 >= 10, operation.depression, operation.phq9 >= 10) as depression,
    coalesce(operation.anxiety or operation.gad7 >= 10, operation.anxiety, operation.gad7 >= 10) as anxiety,
    coalesce(operation.level_count, len(string_split(operation.levels, ';'))) as level_count,
    operation.${traits}
from operation
inner join patient on operation.patient = patient.patient
inner join worked_out on operation.operation = worked_out.operation
