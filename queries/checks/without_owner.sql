-- One row per ${noun} whose ${owner} is not in its table, or was left out.
-- Where another identifier differs only in zeros before a number, it says so: a spreadsheet takes them away.
-- tables: operations, follow_ups, events
-- name: ${record}_without_${owner}
-- severity: row
-- phase: belonging
-- column: ${owner_id}
-- message: there is no such ${owner} among those accepted. {hint}{more}
with astray as (
    select
        child.source,
        child.line,
        bare_number(child.${owner_id}) as bare
    from ${staged} as child
    anti join ${owners} as owner on child.${owner_id} = owner.${owner_id}
),

bare_owner as (
    select distinct bare_number(${owner_id}) as bare
    from ${owners}
    where bare_number(${owner_id}) in (select astray.bare from astray)
)

select
    astray.source,
    astray.line,
    null as value,
    case
        when bare_owner.bare is null then 'Add the ${owner}, or correct the identifier.'
        else 'One there differs from it only in leading zeros.'
    end as hint,
    case when bare_owner.bare is null then '' else ' Did a spreadsheet drop them? The two are kept apart.' end as more
from astray
left join bare_owner on astray.bare = bare_owner.bare
order by astray.source, astray.line
