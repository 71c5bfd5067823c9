-- One row per patient whose year of birth is not that of the date of birth; the date is taken.
-- severity: cell
-- table: patients
-- column: birth_year
-- clears: birth_year
-- judged: birth_date is not null and birth_year is not null
-- message: the year of birth is not that of the date of birth. The date is taken.
select
    source,
    line,
    cast(birth_year as varchar) as value
from staged_patients
where
    extract(year from birth_date) != birth_year
order by source, line
