-- One row per operation whose body mass index is not that of its height and weight, by more than 2; the index is taken.
-- severity: note
-- table: operations
-- column: bmi
-- message: this is not the index of the height and weight given. The index is taken.
select
    source,
    line,
    cast(bmi as varchar) as value
from staged_operations
where
    abs(bmi - weight_kg / power(height_cm / 100.0, 2)) > 2
order by source, line
