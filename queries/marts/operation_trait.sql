-- One row per operation: whose it is, and every recorded trait that a factor may be banded by; null is not recorded.
-- A diagnosis joins its questionnaire: yes if either says so, no if one says no and neither says yes.
-- AUDIT-C is positive from 3 points in women and from 4 in men: what 3 points are without one of the two sexes is not
-- known, and then a diagnosis of no decides nothing either.
-- Most stand as they were recorded.
-- made: view
with of_patient as (
    select
        operation.*,
        patient.sex,
        coalesce(operation.age, extract(year from operation.surgery_date) - patient.birth_year) as years,
        case
            when patient.sex = 'female' or operation.alcohol_audit_c != 3 then operation.alcohol_audit_c >= 3
            when patient.sex = 'male' then operation.alcohol_audit_c >= 4
        end as audit_c_positive
    from operation
    inner join patient on operation.patient = patient.patient
)

select
    operation,
    patient,
    procedure,
    surgeon,
    site,
    surgery_date,
    -- least passes over null: only of a recorded age.
    cast(case when years is not null then least(90, years) end as integer) as age,
    -- An age that is known only as a band stays one: no year of it is made up.
    case when years is null then cast(split_part(age_band, '-', 1) as integer) end as age_low,
    case when years is null then cast(split_part(age_band, '-', 2) as integer) end as age_high,
    sex,
    -- To the ninth decimal: 30 is 30, whatever the arithmetic makes of its last digit.
    round(coalesce(bmi, weight_kg / power(height_cm / 100.0, 2)), 9) as bmi,
    case
        when alcohol_audit_c is null then excessive_alcohol
        -- A diagnosis that nobody recorded leaves the answer to the points.
        else coalesce(excessive_alcohol, false) or audit_c_positive
    end as alcohol,
    coalesce(depression or phq9 >= 10, depression, phq9 >= 10) as depression,
    coalesce(anxiety or gad7 >= 10, anxiety, gad7 >= 10) as anxiety,
    coalesce(level_count, len(string_split(levels, ';'))) as level_count,
    ${traits}
from of_patient
