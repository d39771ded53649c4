//! The extract of the population register (U12170-P), in lines trimmed on the right, ISO-8859-1.

use super::out::Counted;
use super::person::{Home, Person, Status};
use chrono::Datelike;
use domain::{Cpr, Day};
use std::io::{Result, Write};

/// The task (*opgavenummer*) of the municipality's subscription.
pub const TASK: &str = "217001";

/// The municipality has asked for the person's records anew (*rekvisition af personposter*).
pub const REQUISITION: &str = "A74";

/// All persons live in this postal district.
const POSTAL_DISTRICT: &str = "9999Prøveby";

const STREETS: [&str; 8] = [
    "Prøvevej",
    "Eksempelgade",
    "Testallé",
    "Tænkestræde",
    "Fiktivvænget",
    "Øvelsesparken",
    "Modelstien",
    "Skolebøgegade",
];
const WOMEN: [&str; 12] = [
    "Alba", "Britta", "Cecilie", "Dagny", "Ellen", "Freja", "Grethe", "Hanne", "Ida", "Jytte", "Karen", "Åse",
];
const MEN: [&str; 12] =
    ["Anton", "Bo", "Carl", "Didrik", "Emil", "Frits", "Gorm", "Hans", "Ib", "Jørgen", "Kaj", "Søren"];
const SURNAMES: [&str; 8] =
    ["Prøvesen", "Eksempelsen", "Testrup", "Opdigtet", "Tænkt", "Fiktivsen", "Modelgaard", "Øvelund"];

/// An event (*hændelse*) of a person.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub code: &'static str,
    pub on: Day,
}

/// All records of one person, ready to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    lines: Vec<u8>,
    records: u32,
    pub event: Option<&'static str>,
}

/// One record. Positions are counted from 1, as in the register's layout.
struct Line(Vec<u8>);

impl Line {
    fn new(kind: &str, cpr: &Cpr) -> Self {
        let mut line = Self(Vec::with_capacity(128));
        line.put(1, kind);
        line.put(4, cpr.reveal_digits());
        line
    }

    /// Writes text at a position. All text of this file is within ISO-8859-1, where a character is its number.
    fn put(&mut self, position: usize, text: &str) {
        let end = position - 1 + text.chars().count();
        if self.0.len() < end {
            self.0.resize(end, b' ');
        }
        for (at, character) in (position - 1..).zip(text.chars()) {
            if let Some(byte) = self.0.get_mut(at) {
                *byte = u8::try_from(character).unwrap_or(b'?');
            }
        }
    }

    /// `yyyyMMddHHmm`.
    fn put_time(&mut self, position: usize, day: Day, time: &str) {
        self.put(position, &format!("{}{time}", day.format("%Y%m%d")));
    }
}

impl Entry {
    /// The person as he or she is now, after this event.
    pub fn of(person: &Person, event: Option<Event>) -> Self {
        let mut entry =
            Self { lines: Vec::with_capacity(768), records: 0, event: event.map(|event| event.code) };
        entry.person(person);
        if let Some(home) = &person.home {
            entry.address(person, home);
        }
        entry.rest(person);
        if let Some(event) = event {
            let mut line = Line::new("099", &person.cpr);
            // An hour of the office day, by the number, so that two events of a day have different times.
            let minute = u32::from(person.cpr.reveal_digits().bytes().last().unwrap_or_default()) % 60;
            // A requisition has no time of its own.
            if event.code != REQUISITION {
                line.put_time(14, event.on, &format!("10{minute:02}"));
            }
            line.put(26, event.code);
            entry.add(line);
        }
        entry
    }

    fn add(&mut self, mut line: Line) {
        while line.0.last() == Some(&b' ') {
            line.0.pop();
        }
        self.lines.append(&mut line.0);
        self.lines.push(b'\n');
        self.records += 1;
    }

    fn person(&mut self, person: &Person) {
        let mut line = Line::new("001", &person.cpr);
        let (status, since) = match person.status {
            Status::Here => ("01", None),
            Status::Emigrated(on, _) => ("80", Some(on)),
            Status::Dead(on) => ("90", Some(on)),
        };
        line.put(24, status);
        match since {
            Some(on) => line.put_time(26, on, "1200"),
            None => line.put(26, "000000000000"),
        }
        line.put(39, if person.female { "K" } else { "M" });
        line.put(40, &person.born.to_string());
        line.put(51, &person.born.to_string());
        self.add(line);
    }

    fn address(&mut self, person: &Person, home: &Home) {
        let (street, house, floor, door) = home.address();
        let floor = if floor == 0 { "st".to_owned() } else { format!("{floor:02}") };
        let codes = format!("{:04}{street:04}{house:03} {floor}{door:>4}", home.municipality);
        let mut line = Line::new("002", &person.cpr);
        line.put(14, &codes);
        line.put_time(70, home.since, "1200");
        line.put_time(83, home.municipality_since, "1200");
        line.put(96, "0000000000000000 0000");
        self.add(line);

        let street_name = pick(&STREETS, street);
        let mut line = Line::new("003", &person.cpr);
        let (first, last) = names(person);
        line.put(14, &format!("{first} {last}"));
        line.put(116, &format!("{street_name} {street}-{house},{} {door}", floor.trim_start_matches('0')));
        line.put(184, POSTAL_DISTRICT);
        line.put(208, &codes);
        line.put(230, street_name);
        self.add(line);
    }

    fn rest(&mut self, person: &Person) {
        if let Some(since) = person.protected {
            let mut line = Line::new("004", &person.cpr);
            line.put(14, "0001");
            line.put(18, &since.to_string());
            self.add(line);
        }
        if let Status::Emigrated(on, country) = person.status {
            let mut line = Line::new("005", &person.cpr);
            line.put(14, &format!("{country:04}"));
            line.put_time(18, on, "1200");
            self.add(line);
        }
        let (first, last) = names(person);
        let mut line = Line::new("008", &person.cpr);
        line.put(14, first);
        line.put(106, last);
        line.put_time(147, person.born, "1200");
        line.put(160, &format!("{first} {last}"));
        self.add(line);

        let mut line = Line::new("012", &person.cpr);
        line.put(14, &person.civil.code.to_string());
        if let Some(spouse) = &person.civil.spouse {
            line.put(15, spouse.reveal_digits());
        }
        line.put_time(71, person.civil.since, "1200");
        self.add(line);

        if let Some(since) = person.separated {
            let mut line = Line::new("013", &person.cpr);
            line.put(26, &since.to_string());
            self.add(line);
        }
        for child in &person.children {
            let mut line = Line::new("014", &person.cpr);
            line.put(14, child.reveal_digits());
            self.add(line);
        }
    }
}

fn names(person: &Person) -> (&'static str, &'static str) {
    let first = if person.female { pick(&WOMEN, person.name.0) } else { pick(&MEN, person.name.0) };
    (first, pick(&SURNAMES, person.name.1))
}

fn pick<const N: usize>(list: &[&'static str; N], number: u32) -> &'static str {
    let at = usize::try_from(number).unwrap_or_default() % N;
    list.get(at).copied().unwrap_or_default()
}

/// The name the register gives the file of a day.
pub fn name(produced: Day) -> String {
    format!("d{}.l{TASK}", produced.format("%y%m%d"))
}

/// Writes the extract of a day; `previous`: the day of the one before it, none for the first.
pub fn write_extract(
    out: &mut Counted,
    produced: Day,
    previous: Option<Day>,
    entries: &[Entry],
) -> Result<()> {
    let date = |day: Option<Day>| match day {
        Some(day) => format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()),
        None => "00000000".to_owned(),
    };
    writeln!(out, "0000000000000{TASK}{}{}", date(Some(produced)), date(previous))?;
    for entry in entries {
        out.write_all(&entry.lines)?;
    }
    let records: u32 = entries.iter().map(|entry| entry.records).sum();
    writeln!(out, "9999999999999{records:08}")
}
