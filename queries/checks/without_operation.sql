-- One row per ${noun} of an operation that is not in operations, or was left out.
-- Where another identifier differs only in zeros before a number, it says so: a spreadsheet takes them away.
-- tables: follow_ups, events
-- name: ${record}_without_operation
-- severity: row
-- phase: belonging
-- column: operation_id
-- message: there is no such operation among those accepted. {hint}{more}
with bare_operation as (
    select distinct regexp_replace(operation_id, '(^|[^0-9])0+([0-9])', '\1\2', 'g') as bare
    from staged_operations
),

astray as (
    select
        child.source,
        child.line,
        regexp_replace(child.operation_id, '(^|[^0-9])0+([0-9])', '\1\2', 'g') as bare
    from ${staged} as child
    anti join staged_operations as operation on child.operation_id = operation.operation_id
)

select
    astray.source,
    astray.line,
    null as value,
    case
        when bare_operation.bare is null then 'Add it, or correct the identifier.'
        else 'One there differs from it only in leading zeros.'
    end as hint,
    case
        when bare_operation.bare is null then ''
        else ' Did a spreadsheet drop them? The two are kept apart.'
    end as more
from astray
left join bare_operation on astray.bare = bare_operation.bare
order by astray.source, astray.line
