-- An order of a person can be refused without its case waiting for it: what it asked for is asked again, or not.
alter table dead_letters add column holds boolean not null default true;
