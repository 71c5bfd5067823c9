-- One row per operation whose age is not within the band that is given beside it; the age is taken.
-- severity: note
-- table: operations
-- column: age_band
-- judged: age_band is not null and age is not null
-- message: the age given is {age}. The age is taken; correct one of the two.
select
    source,
    line,
    age_band as value,
    age
from staged_operations
where
    age not between cast(split_part(age_band, '-', 1) as integer) and cast(split_part(age_band, '-', 2) as integer)
order by source, line
