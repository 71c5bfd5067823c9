-- One row per operation whose height and weight make an index over 55, and under 40 if the weight were in pounds.
-- Where the index itself is given, the contradiction is found by its own rule.
-- severity: note
-- table: operations
-- column: weight_kg
-- judged: bmi is null and height_cm is not null and weight_kg is not null
-- message: {value} kg at {height} cm make a body mass index of {reckoned}. Is the weight in pounds?
select
    source,
    line,
    weight_kg as value,
    height_cm as height,
    round(weight_kg / power(height_cm / 100.0, 2), 1) as reckoned
from staged_operations
where
    bmi is null
    and weight_kg / power(height_cm / 100.0, 2) > 55
    and weight_kg * 0.45359237 / power(height_cm / 100.0, 2) < 40
order by source, line
