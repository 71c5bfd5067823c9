-- One row per operation whose patient is not in patients, or was left out.
-- Where another identifier differs only in zeros before a number, it says so: a spreadsheet takes them away.
-- severity: row
-- phase: belonging
-- table: operations
-- column: patient_id
-- message: there is no such patient among those accepted. {hint}{more}
with bare_patient as (
    select distinct regexp_replace(patient_id, '(^|[^0-9])0+([0-9])', '\1\2', 'g') as bare
    from staged_patients
),

astray as (
    select
        child.source,
        child.line,
        regexp_replace(child.patient_id, '(^|[^0-9])0+([0-9])', '\1\2', 'g') as bare
    from staged_operations as child
    anti join staged_patients as patient on child.patient_id = patient.patient_id
)

select
    astray.source,
    astray.line,
    null as value,
    case
        when bare_patient.bare is null then 'Add the patient, or correct the identifier.'
        else 'One there differs from it only in leading zeros.'
    end as hint,
    case when bare_patient.bare is null then '' else ' Did a spreadsheet drop them? The two are kept apart.' end as more
from astray
left join bare_patient on astray.bare = bare_patient.bare
order by astray.source, astray.line
