-- One row where an import came before that this one can be held against; else none.
-- gone: operations of that one which are not in this one, and are in its counts all the same.
create table import_before (
    imported date,
    published date,
    definitions_changed boolean,
    gone integer
)
