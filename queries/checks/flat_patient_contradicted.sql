-- One row per row of a flat file whose patient another row gives another sex or birth.
-- Of several deaths the latest is taken: see patient_deaths_differ.
-- severity: row
-- table: flat
-- column: patient_id
-- message: another row gives the same patient another {differs}.
-- message: None of these rows was imported. Correct the file.
with told_apart as (
    select
        patient_id,
        -- What is not recorded contradicts nothing: null is not counted, and no word for what does not differ.
        concat_ws(
            ', ',
            -- Null is not counted, as said above.
            case when count(distinct sex) > 1 then 'sex' end,
            case when count(distinct birth_date) > 1 then 'birth_date' end,
            case when count(distinct birth_year) > 1 then 'birth_year' end
        ) as differs
    from staged_flat
    group by patient_id
    having count(*) > 1
)

select
    staged.source,
    staged.line,
    null as value,
    told_apart.differs
from staged_flat as staged
inner join told_apart on staged.patient_id = told_apart.patient_id
where
    told_apart.differs != ''
order by staged.source, staged.line
