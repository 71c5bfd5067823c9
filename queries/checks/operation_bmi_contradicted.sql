-- One row per operation whose body mass index is not that of its height and weight, by more than 2.
-- One of the three is wrong, and nobody can say which: all three are left out, and the operation stays.
-- Pounds or inches are named where they would explain it.
-- severity: cell
-- table: operations
-- column: bmi
-- clears: bmi, height_cm, weight_kg
-- judged: bmi is not null and height_cm is not null and weight_kg is not null
-- message: bmi {value} does not match {height} cm and {weight} kg ({reckoned}). {question}
with reckoned as (
    select
        source,
        line,
        bmi,
        height_cm,
        weight_kg,
        weight_kg / power(height_cm / 100.0, 2) as reckoned
    from staged_operations
)

select
    source,
    line,
    round(bmi, 1) as value,
    height_cm as height,
    weight_kg as weight,
    round(reckoned, 1) as reckoned,
    -- Never null: rows without all three are not reckoned with.
    case
        when abs(bmi - reckoned * 0.45359237) <= 2 then 'Is the weight in pounds?'
        when abs(bmi - reckoned / power(2.54, 2)) <= 2 then 'Is the height in inches?'
        else 'Correct one of the three.'
    end as question
from reckoned
where
    abs(bmi - reckoned) > 2
order by source, line
