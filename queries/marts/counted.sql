-- One row per combination of some columns of a mart: for how many of the mart's rows it stands.
-- What readers filter by most is counted once at publish and added up when it is asked for.
-- A day may be a coarser one, as dashboard/engines/counted.py has it.
-- made: counted
-- stands_for: integer, rows of the mart
select
    ${kept},
    cast(${rows} as integer) as stands_for
from ${source}
where ${of_part}
group by ${names}
order by ${names}
