//! From the records of one person to a snapshot.

use super::dates;
use super::layout::{Field, Layout, RecordType};
use super::records::Record;
use crate::item::Fault;
use domain::{AuthorityId, Cpr, Day, PersonKey, PersonSecret};
use messages::{CivilStatus, CprEvent, Departure, Home, PersonSnapshot, Protection};

/// The most records of a kind that a person may have many of. More would make a message that no log takes.
const RECORDS_OF_A_KIND_MAX: usize = 500;

/// What is needed to read a record.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub layout: &'a Layout,
    pub secret: &'a PersonSecret,
    pub production_date: Day,
}

impl Reading<'_> {
    fn fault(&self, record: &Record, field: &Field, code: &'static str, why: &str) -> Fault {
        let kind = String::from_utf8_lossy(&record.kind);
        Fault::new(record.number, code, format!("field {} of record {kind}: {why}", field.name))
            .of_field(&field.name)
    }

    /// The number the record is about.
    pub(crate) fn pnr(&self, record: &Record) -> Result<Cpr, Fault> {
        let field = &self.layout.fields.pnr;
        Cpr::parse(&record.text(field)).map_err(|why| self.fault(record, field, "bad_pnr", &why.to_string()))
    }

    /// The key of another person; blanks and zeros mean nobody.
    fn person(&self, record: &Record, field: &Field) -> Result<Option<PersonKey>, Fault> {
        let text = record.text(field);
        if text.bytes().all(|b| b == b'0') {
            return Ok(None);
        }
        let cpr = Cpr::parse(&text).map_err(|why| self.fault(record, field, "bad_pnr", &why.to_string()))?;
        Ok(Some(self.secret.person_key(&cpr)))
    }

    fn day(&self, record: &Record, field: &Field) -> Result<Option<Day>, Fault> {
        dates::day(&record.text(field)).map_err(|_| self.fault(record, field, "bad_date", "it is no date"))
    }

    /// A code of the register: so many digits.
    fn digits(&self, record: &Record, field: &Field) -> Result<String, Fault> {
        let text = record.text(field);
        let good = text.len() == field.length && text.bytes().all(|b| b.is_ascii_digit());
        good.then_some(text).ok_or_else(|| {
            self.fault(record, field, "bad_code", &format!("it is no code of {} digits", field.length))
        })
    }

    /// Record 001: the snapshot begins.
    pub(crate) fn begin(&self, record: &Record) -> Result<PersonSnapshot, Fault> {
        let fields = &self.layout.fields;
        Ok(PersonSnapshot {
            born: self.day(record, &fields.born)?,
            status: self.digits(record, &fields.status)?,
            status_since: self.day(record, &fields.status_since)?,
            current_number: self.person(record, &fields.current_number)?,
            ..PersonSnapshot::default()
        })
    }

    /// Adds what the record says. A second record of a kind that a person has one of is a fault.
    pub(crate) fn add(&self, snapshot: &mut PersonSnapshot, record: &Record) -> Result<(), Fault> {
        let fields = &self.layout.fields;
        let twice = match &record.kind {
            b"002" => snapshot.home.replace(self.home(record)?).is_some(),
            b"005" => {
                let country = record.text(&fields.exit_country);
                let country = (!country.bytes().all(|b| b == b'0')).then_some(country);
                let departure = Departure { on: self.day(record, &fields.exit_date)?, country };
                snapshot.departure.replace(departure).is_some()
            }
            b"012" => snapshot.civil_status.replace(self.civil_status(record)?).is_some(),
            b"013" => {
                let since = self.day(record, &fields.separated_since)?;
                let before = snapshot.separated_since;
                snapshot.separated_since = since;
                before.is_some()
            }
            b"004" => {
                snapshot.protections.push(Protection {
                    code: self.digits(record, &fields.protection)?,
                    from: self.day(record, &fields.protection_from)?,
                    to: self.day(record, &fields.protection_to)?,
                });
                false
            }
            b"014" => {
                snapshot.children.extend(self.person(record, &fields.child)?);
                false
            }
            _ => false,
        };
        if snapshot.children.len().max(snapshot.protections.len()) > RECORDS_OF_A_KIND_MAX {
            let detail = format!("the person has more than {RECORDS_OF_A_KIND_MAX} records of this type");
            return Err(Fault::new(record.number, "too_many_records", detail));
        }
        if twice {
            return Err(Fault::new(record.number, "record_twice", "the person has this record twice"));
        }
        Ok(())
    }

    fn home(&self, record: &Record) -> Result<Home, Fault> {
        let fields = &self.layout.fields;
        let municipality = self.digits(record, &fields.municipality)?;
        let street = self.digits(record, &fields.street)?;
        let [house, floor, door] =
            [&fields.house, &fields.floor, &fields.door].map(|field| record.text(field));
        let address = [municipality.as_str(), &street, &house, &floor, &door].join("|").to_uppercase();
        Ok(Home {
            municipality: AuthorityId::parse(municipality)
                .map_err(|why| self.fault(record, &fields.municipality, "bad_code", &why.to_string()))?,
            address: self.secret.address_key(&address),
            since: self.day(record, &fields.home_since)?,
            municipality_since: self.day(record, &fields.municipality_since)?,
        })
    }

    fn civil_status(&self, record: &Record) -> Result<CivilStatus, Fault> {
        let fields = &self.layout.fields;
        let code = record.text(&fields.civil_status);
        if code.len() != 1 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(self.fault(record, &fields.civil_status, "bad_code", "it is no code of one letter"));
        }
        let since = self.day(record, &fields.civil_since)?;
        Ok(CivilStatus { code, since, spouse: self.person(record, &fields.spouse)? })
    }

    /// Record 099. A requisition (A74, K74) has no time of its own: the extract made it, so its day is the production
    /// date and its time empty.
    pub(crate) fn event(&self, record: &Record) -> Result<CprEvent, Fault> {
        let fields = &self.layout.fields;
        let code = record.text(&fields.event_code);
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(self.fault(
                record,
                &fields.event_code,
                "bad_code",
                "it is no event code of three signs",
            ));
        }
        let on = self.day(record, &fields.event_time)?;
        let time = on.map(|_| dates::time(&record.text(&fields.event_time))).unwrap_or_default();
        let mark = record.text(&fields.derived_mark);
        Ok(CprEvent {
            known: self.layout.knows_event(&code),
            code,
            on: on.unwrap_or(self.production_date),
            time,
            derived_mark: (!mark.is_empty()).then_some(mark),
        })
    }
}

/// The record types that a snapshot is made of.
pub(crate) fn is_part_of_snapshot(kind: RecordType) -> bool {
    matches!(&kind, b"002" | b"004" | b"005" | b"012" | b"013" | b"014")
}
