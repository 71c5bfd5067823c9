-- One row per kind of record and month: records dated in that month that this import brought and the one before lacked.
-- Only months that had ended long before the data date of the import before.
create table late_entry (
    kind varchar,
    month varchar,
    records integer
)
