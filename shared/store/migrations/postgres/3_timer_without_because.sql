-- A stage keeps what it decides because of in its own state: a timer belongs to the day that fires it.
alter table timers drop column because;
