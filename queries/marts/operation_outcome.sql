-- One row per operation and outcome: what became of it, when, and everything that a filter or a breakdown needs.
-- Every read of rates, curves and factors scans this one table. Narrow codes; table code says what they stand for.
with state_of_operation as (
    select
        operation,
        outcome,
        state,
        day,
        case when state = 1 and persistent then -1 when state = 1 then day end as onset_day
    from time_state
    union all
    select
        operation,
        outcome,
        state,
        day,
        null as onset_day
    from landmark_state
)

select
    cast(become.outcome as utinyint) as outcome,
    become.operation,
    band.patient,
    band.procedure,
    band.surgeon,
    band.site,
    band.operated,
    band.index_operation,
    band.profile,
    band.quarter,
    band.modifiable,
    cast(become.state as utinyint) as state,
    cast(least(become.day, 32000) as smallint) as day,
    coalesce(onset_day.onset, 0) as onset,
    cast(coalesce(cause_code.code, 0) as utinyint) as cause,
    ${factors}  -- noqa: RF02
from state_of_operation as become
inner join operation_band as band on become.operation = band.operation
left join onset_day on become.onset_day = onset_day.day
left join finding on become.operation = finding.operation and finding.main
left join code as cause_code on cause_code.dimension = 'cause' and finding.cause = cause_code.name
order by become.outcome, become.operation
