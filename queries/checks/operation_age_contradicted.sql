-- One row per operation whose age is not that of the year of birth, by more than one year; the age is taken.
-- severity: note
-- table: operations
-- column: age
-- judged: age is not null
-- message: the year of birth makes {reckoned}. The age given is taken; correct one of the two.
select
    child.source,
    child.line,
    child.age as value,
    extract(year from child.surgery_date)
    - coalesce(extract(year from patient.birth_date), patient.birth_year) as reckoned
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    abs(
        child.age
        - (extract(year from child.surgery_date) - coalesce(extract(year from patient.birth_date), patient.birth_year))
    ) > 1
    -- from 90 on an age may stand for every higher one
    and child.age < 90
order by child.source, child.line
