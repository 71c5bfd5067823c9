-- One row per record of one operation, in order of time, with the file and line that it came from.
-- Not from one mart: marts hold what is counted, and this shows what was recorded. One operation is a handful of rows.
-- An operation outside the viewer's scope has no rows; a later operation of the same patient is there if it is inside.
-- $outcome: any one, for every operation stands once under each.
with in_scope as (
    select
        operation,
        patient,
        operated
    from operation_outcome
    where
        outcome = $outcome
        and ($scope_surgeons is null or list_contains($scope_surgeons, surgeon))
        and ($scope_sites is null or list_contains($scope_sites, site))
),

chosen as (
    select
        operation,
        patient,
        operated
    from in_scope
    where operation = $operation
),

recorded as (
    select
        'operation' as kind,
        operation.surgery_date as happened,
        operation.procedure as what,
        operation.levels as detail,
        operation.source,
        operation.line
    from operation
    inner join in_scope on operation.operation = in_scope.operation
    inner join chosen on in_scope.patient = chosen.patient and in_scope.operated >= chosen.operated
    union all
    select
        'visit' as kind,
        visit_date as happened,
        'follow_up' as what,
        concat_ws(
            ', ',
            'ODI ' || cast(odi as varchar),
            'back pain ' || cast(back_pain as varchar),
            'leg pain ' || cast(leg_pain as varchar),
            'EQ-5D ' || cast(eq5d_index as varchar),
            'global effect ' || cast(gpe as varchar),
            'satisfaction ' || cast(satisfaction as varchar)
        ) as detail,
        source,
        line
    from follow_up
    where operation = $operation
    union all
    select
        'symptom' as kind,
        onset_date as happened,
        symptom as what,
        concat_ws(
            ', ',
            course,
            'severity ' || cast(severity as varchar),
            'contacted ' || cast(contacted_at as varchar),
            'resolved ' || cast(resolved_date as varchar)
        ) as detail,
        source,
        line
    from symptom
    where operation = $operation
    union all
    select
        'cause' as kind,
        diagnosis_date as happened,
        cause as what,
        concat_ws(', ', case when is_primary then 'main cause' end, code) as detail,
        source,
        line
    from diagnosis
    where operation = $operation
    union all
    select
        'complication' as kind,
        complication_date as happened,
        complication as what,
        severity as detail,
        source,
        line
    from complication
    where operation = $operation
    union all
    select
        'treatment' as kind,
        start_date as happened,
        treatment as what,
        outcome as detail,
        source,
        line
    from treatment
    where operation = $operation
    union all
    select
        'death' as kind,
        patient.death_date as happened,
        'death' as what,
        '' as detail,
        patient.source,
        patient.line
    from patient
    inner join chosen on patient.patient = chosen.patient
    where patient.death_date is not null
)

select
    date_diff('day', chosen.operated, recorded.happened) as day,
    recorded.happened,
    recorded.kind,
    recorded.what,
    coalesce(recorded.detail, '') as detail,
    source.file,
    recorded.line
from recorded
cross join chosen
left outer join source on recorded.source = source.source
order by day, recorded.kind, recorded.line
