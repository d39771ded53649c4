//! What each stage may reach, to be given with the servers' own tools. Who reads and writes a topic stands in the registry
//! of topics and nowhere else.

use crate::cli::WrongInput;
use crate::pipeline::{CALENDAR, parts};
use crate::run::say;
use crate::stages::KEYED;
use anyhow::Result;
use clap::Subcommand;
use messages::Topic;
use store::postgres::schema_name;

/// Print what gives each stage what it may reach, and nothing else, for the servers' own tools.
#[derive(Debug, Subcommand)]
pub enum Access {
    /// One line for each call of `kafka-acls`. Each stage has a user, who may read what the stage reads, write what it
    /// writes, and join the stage's group; the operator may read what was refused and what staff were told.
    ///
    /// rettidig access kafka | xargs -L 1 kafka-acls --bootstrap-server HOST:PORT --command-config ADMIN.properties
    Kafka {
        /// Stands before every topic and group name.
        #[arg(long, env = "KAFKA_PREFIX", default_value = "")]
        kafka_prefix: String,
        /// Stands before the name of the stage in the name of its user.
        #[arg(long, default_value = USER_PREFIX, value_parser = plain)]
        user_prefix: String,
    },
    /// SQL for the owner of the database. Each stage has a role that owns the stage's schema and reaches no other, and the
    /// operator one that is a member of all of them. Once more
    /// is harmless; schemas that are there are handed over to their roles. Passwords are yours to give: `\password ROLE`.
    ///
    /// rettidig access postgres | psql -v ON_ERROR_STOP=1 DATABASE
    Postgres {
        /// Stands before the name of every stage's schema and role.
        #[arg(long, env = "POSTGRES_PREFIX", default_value = "rettidig_")]
        postgres_prefix: String,
    },
}

/// Before the name of a stage, the name of its user.
const USER_PREFIX: &str = "rettidig-";
/// How the registry calls the stage that announces days.
const TICK: &str = "tick";
/// How the registry calls all keyed stages together.
const EVERY_STAGE: &str = "every stage";

/// `rettidig access`.
pub fn run(access: &Access) -> Result<()> {
    match access {
        Access::Kafka { kafka_prefix, user_prefix } => {
            plain(kafka_prefix).map_err(WrongInput)?;
            for line in parts().flat_map(|stage| acls(stage, kafka_prefix, user_prefix)) {
                say(&line);
            }
            let topics =
                OPERATOR_READS.map(|topic| format!(" --topic {kafka_prefix}{}", topic.name())).concat();
            say(&format!(
                "--add --allow-principal User:{user_prefix}{OPERATOR} --operation Read{topics} --group {kafka_prefix}{READERS_GROUP}"
            ));
        }
        Access::Postgres { postgres_prefix } => {
            say(COMMON_SQL);
            let name =
                |of: &str| schema_name(postgres_prefix, of).map_err(|error| WrongInput(error.to_string()));
            let mut roles = Vec::new();
            for stage in parts() {
                let role = name(stage)?;
                say(&ROLE_SQL.replace("NAME", &role));
                roles.push(role);
            }
            say(&OPERATOR_SQL.replace("ROLES", &roles.join(", ")).replace("NAME", &name(OPERATOR)?));
        }
    }
    Ok(())
}

/// A name that needs no quotes on a command line.
fn plain(name: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.chars().all(good) {
        Ok(name.to_owned())
    } else {
        Err("letters, digits, `.`, `_` and `-` only".to_owned())
    }
}

/// Whether a name of the registry means this stage.
fn means(name: &str, stage: &str) -> bool {
    match name {
        TICK => stage == CALENDAR,
        EVERY_STAGE => KEYED.contains(&stage),
        name => name == stage,
    }
}

/// The topics of which the registry names this stage.
fn topics(stage: &str, named: impl Fn(Topic) -> &'static [&'static str]) -> Vec<Topic> {
    Topic::ALL.into_iter().filter(|topic| named(*topic).iter().any(|name| means(name, stage))).collect()
}

/// The calls for one stage. Who may read or write may also look.
fn acls(stage: &str, prefix: &str, user_prefix: &str) -> Vec<String> {
    let reads = topics(stage, |topic| topic.description().readers);
    let writes = topics(stage, |topic| topic.description().writers);
    let call = |operation: &str, topics: &[Topic], group: &str| {
        let topics: String =
            topics.iter().map(|topic| format!(" --topic {prefix}{}", topic.name())).collect();
        format!("--add --allow-principal User:{user_prefix}{stage} --operation {operation}{topics}{group}")
    };
    let mut calls = Vec::new();
    if !reads.is_empty() {
        calls.push(call("Read", &reads, &format!(" --group {prefix}{stage}")));
    }
    if !writes.is_empty() {
        calls.push(call("Write", &writes, ""));
    }
    calls
}

/// Who lists, requeues and discards what was refused (`dead-letters`, `files list`, `alerts`, `balance`).
const OPERATOR: &str = "operator";

/// The group of who reads outside of the stages' groups.
const READERS_GROUP: &str = "scan";

/// What the operator's commands read of the log.
const OPERATOR_READS: [Topic; 2] = [Topic::DeadLetters, Topic::Alerts];

/// A role that may do what the stages' roles may.
const OPERATOR_SQL: &str = "\
do $$
begin
    if not exists (select from pg_roles where rolname = 'NAME') then
        create role NAME login nosuperuser nocreatedb nocreaterole;
    end if;
end $$;
grant ROLES to NAME;";

/// What nobody needs: before PostgreSQL 15 everybody could make tables in `public`.
const COMMON_SQL: &str = "revoke create on schema public from public;";

/// A role, its schema, and what the schema holds from a time before there were roles.
const ROLE_SQL: &str = "\
do $$
declare held record;
begin
    if not exists (select from pg_roles where rolname = 'NAME') then
        create role NAME login nosuperuser nocreatedb nocreaterole;
    end if;
    if not has_database_privilege('NAME', current_database(), 'connect') then
        execute format('grant connect on database %I to NAME', current_database());
    end if;
    create schema if not exists NAME;
    alter schema NAME owner to NAME;
    revoke all on schema NAME from public;
    for held in select tablename from pg_tables where schemaname = 'NAME' loop
        execute format('alter table NAME.%I owner to NAME', held.tablename);
    end loop;
end $$;";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_and_writer_of_the_registry_is_a_stage() {
        for topic in Topic::ALL {
            let description = topic.description();
            for name in description.readers.iter().chain(description.writers) {
                assert!(parts().any(|stage| means(name, stage)), "{topic}: {name}");
            }
        }
    }

    #[test]
    fn a_stage_reads_in_its_group_and_writes_what_the_registry_says() {
        assert_eq!(
            acls("letters", "t.", "u-"),
            [
                "--add --allow-principal User:u-letters --operation Read --topic t.calendar.days --topic t.letters --group t.letters",
                "--add --allow-principal User:u-letters --operation Write --topic t.case.commands --topic t.dead-letters",
            ]
        );
        assert_eq!(
            acls(CALENDAR, "", USER_PREFIX),
            ["--add --allow-principal User:rettidig-calendar --operation Write --topic calendar.days"]
        );
    }
}
