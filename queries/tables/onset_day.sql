-- One row per day since surgery: the code of the onset category that the day belongs to; day -1 is never relieved.
create table onset_day (
    day integer,
    onset utinyint
)
