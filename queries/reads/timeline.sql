-- One row per record of one patient, in order of time, with the operation it is of and the file and line it came from.
-- Not from one mart: marts hold what is counted, and this shows what was recorded. One patient is a handful of rows.
-- $operation: any one of the patient; without rows when it lies outside the viewer's scope. The patient's other
-- operations and their records are there where they are inside. failed and outcome_day: what became of the operation
-- under $outcome. role: what the record is to the rule by which an operation (reason_of, of reason_since) failed; a
-- record has a row for each. The day is counted from $operation, the own_day from the operation that the record is of;
-- a death stands under $operation.
-- A planned visit that nobody answered has a row too, with its state and without a source, on the last day of
-- its window (not yet due: on the first): what is not recorded must not read as well-being. gpe and satisfaction: codes
-- whose words are in the definitions; odi to eq5d_index: what was answered at a visit.
with of_patient as (
    select
        operation,
        patient,
        operated,
        state = 1 as failed,
        day as outcome_day,
        max(case when operation = $operation then operated end) over () as chosen_operated
    from operation_outcome
    where
        outcome = $outcome
        and patient = (
            select max(asked.patient)
            from operation_outcome as asked
            where asked.operation = $operation  -- noqa: RF02
        )
        and ($scope_surgeons is null or list_contains($scope_surgeons, surgeon))
        and ($scope_sites is null or list_contains($scope_sites, site))
    qualify chosen_operated is not null
),

reasoned as (
    select
        failure_reason.operation,
        failure_reason.kept,
        failure_reason.source,
        failure_reason.line,
        failure_reason.role,
        of_patient.operated,
        of_patient.operated + failure_reason.day as happened
    from failure_reason
    inner join of_patient on failure_reason.operation = of_patient.operation
    where failure_reason.outcome = $outcome  -- noqa: RF02
),

recorded as (
    select
        operation,
        'operation' as kind,
        surgery_date as happened,
        procedure as what,
        -- Of what is recorded; null has no words.
        concat_ws(', ', replace(levels, ';', ', '), case when planned_stage then 'planned stage' end) as detail,
        source,
        line
    from operation
    union all by name
    select
        operation,
        'follow_up' as kind,
        visit_date as happened,
        'follow_up' as what,
        -- Of what is recorded; null has no words.
        concat_ws(
            ', ',
            'ODI ' || cast(odi as varchar),
            'back pain ' || cast(back_pain as varchar),
            'leg pain ' || cast(leg_pain as varchar),
            'EQ-5D ' || cast(eq5d_index as varchar)
        ) as detail,
        source,
        line,
        gpe,
        satisfaction,
        odi,
        back_pain,
        leg_pain,
        eq5d_index
    from follow_up
    union all by name
    select
        operation,
        'symptom' as kind,
        onset_date as happened,
        symptom as what,
        -- Of what is recorded; null has no words.
        concat_ws(
            ', ',
            course,
            'severity ' || cast(severity as varchar) || ' of 10',
            'contacted ' || strftime(contacted_at, '%-d %b %Y'),
            'resolved ' || strftime(resolved_date, '%-d %b %Y')
        ) as detail,
        source,
        line
    from symptom
    union all by name
    select
        operation,
        'diagnosis' as kind,
        diagnosis_date as happened,
        cause as what,
        concat_ws(', ', case when is_primary then 'main cause' end, code) as detail,
        source,
        line
    from diagnosis
    union all by name
    select
        operation,
        'complication' as kind,
        complication_date as happened,
        complication as what,
        severity as detail,
        source,
        line
    from complication
    union all by name
    select
        operation,
        'treatment' as kind,
        start_date as happened,
        treatment as what,
        concat_ws(
            ' ',
            coalesce(outcome, case when outcome_date is not null then 'outcome not recorded,' end),
            strftime(outcome_date, '%-d %b %Y')
        ) as detail,
        source,
        line
    from treatment
    union all by name
    select
        of_patient.operation,
        'death' as kind,
        patient.death_date as happened,
        'death' as what,
        '' as detail,
        patient.source,
        patient.line
    from patient
    inner join of_patient on patient.patient = of_patient.patient
    where of_patient.operation = $operation and patient.death_date is not null  -- noqa: RF02
    union all by name
    select
        visit_state.operation,
        'unanswered' as kind,
        of_patient.operated
        -- A state is never null.
        + case when visit_state.state = 6 then visit_window.low else visit_window.high end as happened,
        code.name as what,
        visit_state.state
    from visit_state
    inner join of_patient on visit_state.operation = of_patient.operation
    inner join visit_window on visit_state.visit = visit_window.visit
    inner join code on code.dimension = 'visit' and visit_state.visit = code.code
    where visit_state.state in (3, 4, 5, 6)
)

select
    of_patient.operation,
    of_patient.operated,
    of_patient.failed,
    of_patient.outcome_day,
    date_diff('day', of_patient.chosen_operated, recorded.happened) as day,
    date_diff('day', of_patient.operated, recorded.happened) as own_day,
    recorded.happened,
    recorded.kind,
    recorded.what,
    -- Null is no words.
    coalesce(recorded.detail, '') as detail,
    recorded.state,
    recorded.gpe,
    recorded.satisfaction,
    recorded.odi,
    recorded.back_pain,
    recorded.leg_pain,
    recorded.eq5d_index,
    source.file,
    recorded.line,
    recorded.source,
    reasoned.operation as reason_of,
    reasoned.operated as reason_since,
    reasoned.role
from recorded
inner join of_patient on recorded.operation = of_patient.operation
left outer join source on recorded.source = source.source
left outer join reasoned
    on
        recorded.kind = reasoned.kept
        and recorded.source = reasoned.source
        and recorded.line = reasoned.line
        and recorded.happened = reasoned.happened
order by day, recorded.kind, of_patient.operation, recorded.line, reasoned.operated, reasoned.role
