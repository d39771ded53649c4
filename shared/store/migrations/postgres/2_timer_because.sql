-- What a timer was set because of, as JSON: what it brings about belongs to that.
alter table timers add column because text;
