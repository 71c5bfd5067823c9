-- One row per visit that a letter is to ask for in a month: for those whose role includes single operations.
-- Every reading of it is audited. Unanswered, and the patient not recorded as dead.
-- reason: 1 overdue, the window ended before $month_from and asking was of use still on that day; 2 falls due, it ends
-- within the month; 3 opens, it begins within the month. Sorted as a practice looks names up: by patient.
-- opens, ends: the first and the last day of the window.
with asked as (
    select
        visit_state.operation,
        visit_state.patient,
        visit_state.procedure,
        visit_state.surgeon,
        visit_state.site,
        visit_state.operated,
        visit_state.visit,
        cast(visit_state.operated + visit_window.low as date) as opens,
        cast(visit_state.operated + visit_window.high as date) as ends,
        cast(visit_state.operated + visit_window.overdue_until as date) as asked_until
    from cohort_of_visit_state as visit_state
    inner join visit_window on visit_state.visit = visit_window.visit
    inner join patient on visit_state.patient = patient.patient
    where visit_state.state in (3, 5, 6) and patient.death_date is null
)

select
    operation,
    patient,
    procedure,
    surgeon,
    site,
    operated,
    visit,
    opens,
    ends,
    case
        when ends < $month_from then 1
        when ends <= $month_to then 2
        -- Both days are there: never null.
        else 3
    end as reason
from asked
where
    ends between $month_from and $month_to
    or opens between $month_from and $month_to
    or (ends < $month_from and asked_until >= $month_from)
order by patient asc, operated asc, operation asc, visit asc
