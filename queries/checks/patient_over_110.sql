-- One row per patient who would be, or was at death, over 110 years old.
-- severity: note
-- table: patients
-- column: birth_year
-- judged: coalesce(extract(year from birth_date), birth_year) is not null
-- message: born in this year, the patient would be over 110. Is the year right, or a death missing?
select
    source,
    line,
    coalesce(extract(year from birth_date), birth_year) as value
from staged_patients
where
    extract(year from coalesce(death_date, current_date)) - coalesce(extract(year from birth_date), birth_year) > 110
order by source, line
