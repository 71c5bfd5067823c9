-- One row per patient whose death lies before the year of birth.
-- severity: cell
-- table: patients
-- column: death_date
-- clears: death_date
-- judged: death_date is not null and coalesce(extract(year from birth_date), birth_year) is not null
-- message: the death lies before the birth. The death is set aside until one of the two is corrected.
select
    source,
    line,
    cast(death_date as varchar) as value
from staged_patients
where
    extract(year from death_date) < coalesce(extract(year from birth_date), birth_year)
order by source, line
