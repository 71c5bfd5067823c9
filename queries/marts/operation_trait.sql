-- One row per operation: whose it is, and every recorded trait that a factor may be banded by; null is not recorded.
-- A diagnosis joins its questionnaire: "yes" if either says so, "no" if one says no and neither says yes.
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
    operation.smoking,
    case
        when
            operation.excessive_alcohol
            or operation.alcohol_audit_c >= case patient.sex when 'female' then 3 else 4 end
            then 'yes'
        when not coalesce(
            operation.excessive_alcohol, operation.alcohol_audit_c >= case patient.sex when 'female' then 3 else 4 end
        ) then 'no'
    end as alcohol,
    case
        when operation.depression or operation.phq9 >= 10 then 'yes'
        when not coalesce(operation.depression, operation.phq9 >= 10) then 'no'
    end as depression,
    case
        when operation.anxiety or operation.gad7 >= 10 then 'yes'
        when not coalesce(operation.anxiety, operation.gad7 >= 10) then 'no'
    end as anxiety,
    case operation.diabetes when true then 'yes' when false then 'no' end as diabetes,
    case operation.osteoporosis when true then 'yes' when false then 'no' end as osteoporosis,
    case operation.opioid_use when true then 'yes' when false then 'no' end as opioid_use,
    case operation.compensation_claim when true then 'yes' when false then 'no' end as compensation_claim,
    case operation.scar_tendency when true then 'yes' when false then 'no' end as scar_tendency,
    case operation.adjacent_degeneration when true then 'yes' when false then 'no' end as adjacent_degeneration,
    case operation.minimally_invasive when true then 'yes' when false then 'no' end as minimally_invasive,
    case operation.implant_used when true then 'yes' when false then 'no' end as implant_used,
    operation.asa,
    operation.prior_spine_operations,
    operation.symptom_duration_months,
    operation.indication,
    coalesce(operation.level_count, len(string_split(operation.levels, ';'))) as level_count,
    operation.recovery_adherence
from operation
inner join patient on operation.patient = patient.patient
