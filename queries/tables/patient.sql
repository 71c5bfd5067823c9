-- One row per patient: born, died, and never a name; the key is a keyed pseudonym.
create table patient as
select
    pseudonym.patient,
    cast(coalesce(extract(year from staged.birth_date), staged.birth_year) as smallint) as birth_year,
    staged.${columns},
    cast(staged.source as smallint) as source,
    staged.line
from staged_patients as staged
inner join pseudonym on staged.patient_id = pseudonym.patient_id
order by pseudonym.patient
