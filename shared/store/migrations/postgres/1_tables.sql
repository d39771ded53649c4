-- What one stage keeps. Texts are ordered by their bytes, as in SQLite and in Rust, whatever the database's language.

create table progress (
    partition integer primary key,
    version bigint not null,
    doc text
) with (fillfactor = 50);

create table states (
    partition integer not null,
    key text collate "C" not null,
    doc text not null,
    primary key (partition, key)
) with (fillfactor = 80);

create table timers (
    partition integer not null,
    key text collate "C" not null,
    name text collate "C" not null,
    due date not null,
    primary key (partition, key, name)
);
create index timers_due on timers (partition, due, key, name);

create table outbox (
    partition integer not null,
    sequence bigint not null,
    record text not null,
    primary key (partition, sequence)
);

create table calls (
    partition integer not null,
    sequence bigint not null,
    key text collate "C" not null,
    id text collate "C" not null,
    request text not null,
    not_before_ms bigint not null,
    started boolean not null,
    primary key (partition, sequence)
);
create index calls_of_key on calls (partition, key, sequence);

create table parked (
    partition integer not null,
    number bigint not null,
    key text collate "C" not null,
    input text not null,
    primary key (partition, number)
);
create index parked_of_key on parked (partition, key, number);

create table dead_letters (
    refusal text collate "C" primary key,
    partition integer not null,
    key text collate "C" not null,
    input text not null,
    at text not null,
    code text not null,
    detail text not null,
    on_day date not null,
    state text not null check (state in ('parked', 'requeue_requested', 'discard_requested', 'settled'))
);
create index dead_letters_open on dead_letters (partition, key) where state <> 'settled';
create index dead_letters_requested on dead_letters (partition, refusal)
    where state in ('requeue_requested', 'discard_requested');

create table seen (
    partition integer not null,
    id text collate "C" not null,
    day date not null,
    primary key (partition, id)
);
create index seen_by_day on seen (partition, day);
