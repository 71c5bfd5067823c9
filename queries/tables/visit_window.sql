-- One row per planned visit: its code, its window in days since surgery, both ends counted, and until when to ask.
create table visit_window (
    visit integer,
    low integer,
    high integer,
    overdue_until integer
)
