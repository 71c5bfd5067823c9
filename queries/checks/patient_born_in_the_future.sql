-- One row per patient whose year of birth is yet to come; the year is set aside.
-- severity: cell
-- table: patients
-- column: birth_year
-- clears: birth_year
-- judged: birth_year is not null
-- message: the year of birth is yet to come. It is set aside.
select
    source,
    line,
    birth_year as value
from staged_patients
where
    birth_year > extract(year from current_date)
order by source, line
