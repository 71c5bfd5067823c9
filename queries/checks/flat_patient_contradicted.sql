-- One row per row of a flat file whose patient another row gives another sex or birth.
-- Of several deaths the latest is taken: see patient_deaths_differ.
-- severity: note
-- table: flat
-- column: patient_id
-- message: another row gives the same patient another {differs}. None of them is recorded: correct the file.
with told_apart as (
    select
        patient_id,
        -- What is not recorded contradicts nothing: null is not counted, and no word for what does not differ.
        concat_ws(
            ', ',
            -- Null is not counted, as said above.
            case when count(distinct sex) > 1 then 'sex' end,
            case when count(distinct birth_date) > 1 then 'birth_date' end,
            case when count(distinct birth_year) > 1 then 'birth_year' end,
            case
                when
                    -- Whether all of them are null.
                    count(birth_date) = 0 and count(birth_year) = 0
                    -- Null is passed over: rows without an age say nothing against the others.
                    and max(extract(year from surgery_date) - age) - min(extract(year from surgery_date) - age) > 1
                    then 'age'
            end
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
