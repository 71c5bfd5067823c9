-- One row per operation and pair of symptoms that it had, whenever they came; each pair once, in order of the codes.
-- made: kept
-- ${cohort}: as in operation_band
-- symptom: utinyint, the code of the one
-- other_symptom: utinyint, the code of the other, the greater of the two
with had as (
    select distinct
        operation,
        symptom
    from symptom_event
)

select
    band.${cohort},
    first_one.symptom,
    second_one.symptom as other_symptom
from had as first_one
inner join had as second_one
    on first_one.operation = second_one.operation and first_one.symptom < second_one.symptom
inner join operation_band as band on first_one.operation = band.operation
order by first_one.operation, first_one.symptom, second_one.symptom
