-- What one stage keeps. The same tables as in PostgreSQL; days are ISO texts, which sort as days do.

create table progress (
    partition integer primary key,
    version integer not null,
    doc text
);

create table states (
    partition integer not null,
    key text not null,
    doc text not null,
    primary key (partition, key)
);

create table timers (
    partition integer not null,
    key text not null,
    name text not null,
    due text not null,
    primary key (partition, key, name)
) without rowid;
create index timers_due on timers (partition, due, key, name);

create table outbox (
    partition integer not null,
    sequence integer not null,
    record text not null,
    primary key (partition, sequence)
);

create table calls (
    partition integer not null,
    sequence integer not null,
    key text not null,
    id text not null,
    request text not null,
    not_before_ms integer not null,
    started integer not null,
    primary key (partition, sequence)
);
create index calls_of_key on calls (partition, key, sequence);

create table parked (
    partition integer not null,
    number integer not null,
    key text not null,
    input text not null,
    primary key (partition, number)
);
create index parked_of_key on parked (partition, key, number);

create table dead_letters (
    refusal text primary key,
    partition integer not null,
    key text not null,
    input text not null,
    at text not null,
    code text not null,
    detail text not null,
    on_day text not null,
    state text not null check (state in ('parked', 'requeue_requested', 'discard_requested', 'settled'))
);
create index dead_letters_open on dead_letters (partition, key) where state <> 'settled';
create index dead_letters_requested on dead_letters (partition, refusal)
    where state in ('requeue_requested', 'discard_requested');

create table seen (
    partition integer not null,
    id text not null,
    day text not null,
    primary key (partition, id)
) without rowid;
create index seen_by_day on seen (partition, day);
