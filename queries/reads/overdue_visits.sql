-- One row per visit that is overdue or open now: the work list, for those whose role includes single operations.
-- Every reading of it is audited. Overdue first, the one overdue longest on top.
select
    operation,
    patient,
    procedure,
    surgeon,
    site,
    operated,
    visit,
    state as visit_state,
    days_since_surgery
from cohort_of_visit_state
where state in (3, 5)
order by visit_state asc, days_since_surgery desc, operation asc, visit asc
