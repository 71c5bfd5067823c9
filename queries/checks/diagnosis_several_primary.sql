-- One row per finding marked as the primary cause of an operation that has another one so marked.
-- The first of them is taken.
-- severity: note
-- table: diagnoses
-- column: is_primary
-- judged: is_primary
-- message: this operation has several primary causes. The first found is taken; mark one.
select
    source,
    line,
    cause as value
from staged_diagnoses
where
    is_primary
qualify count(*) over (partition by operation_id) > 1
order by source, line
