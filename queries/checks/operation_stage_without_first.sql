-- One row per planned stage whose patient has no operation in the half year before it.
-- severity: note
-- table: operations
-- column: planned_stage
-- judged: planned_stage
-- message: no operation stands in the half year before. A planned stage is counted in no figure: is it one?
select
    stage.source,
    stage.line,
    'true' as value
from staged_operations as stage
where
    stage.planned_stage
    and not exists (
        select 1
        from staged_operations as first_stage
        where
            first_stage.patient_id = stage.patient_id
            and first_stage.surgery_date < stage.surgery_date
            and first_stage.surgery_date >= stage.surgery_date - 183
    )
order by stage.source, stage.line
