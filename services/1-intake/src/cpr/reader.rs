//! From records to register events.

use super::layout::Layout;
use super::person::{Reading, is_part_of_snapshot};
use super::records::{Piece, Record, Records};
use crate::item::{Fault, Item};
use domain::{Cpr, Day, PersonKey, PersonSecret};
use messages::{AddressArrival, CprEvent, PersonSnapshot, RegisterEvent, RegisterFact};
use std::collections::VecDeque;
use std::io::{BufRead, Result};

/// Events after which the person may live at an address for the first time: move, found again, re-entry, A05 (a move,
/// its exact meaning is not public), correction and annulment of the current address, entry with number. A technical
/// change of addresses (A42) moves nobody.
const ARRIVAL_EVENTS: [&str; 7] = ["A01", "A03", "A04", "A05", "A09", "A10", "P31"];

/// The most events of one person in one file that are kept until the person is complete. More have never been seen;
/// they are refused, so that memory stays bounded.
const PERSON_EVENTS_MAX: usize = 1000;

/// Reads an extract item by item: per person the snapshot, then the events, then the arrival.
///
/// A person is all records from one 001 to the next. A snapshot replaces what was known before, so a person with one
/// unreadable record gives none; events stand for themselves and are given all the same.
pub struct Reader<'a, R> {
    records: Records<'a, R>,
    reading: Reading<'a>,
    person: Option<Person>,
    ready: VecDeque<Item>,
    ended: bool,
}

/// The person whose records are being read.
struct Person {
    /// Absent when the 001 itself could not be read.
    known: Option<(Cpr, PersonKey)>,
    record: u64,
    /// Absent once a record of the person was refused.
    snapshot: Option<PersonSnapshot>,
    events: Vec<(u64, CprEvent)>,
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input`, which was produced on `production_date`.
    pub fn new(layout: &'a Layout, secret: &'a PersonSecret, production_date: Day, input: R) -> Result<Self> {
        let reading = Reading { layout, secret, production_date };
        let records = Records::new(layout, input)?;
        Ok(Self { records, reading, person: None, ready: VecDeque::new(), ended: false })
    }

    /// The next item, `None` at the end.
    pub fn next_item(&mut self) -> Result<Option<Item>> {
        while self.ready.is_empty() && !self.ended {
            match self.records.next_piece()? {
                Some(piece) => self.take(piece),
                None => {
                    self.close_person();
                    self.ended = true;
                }
            }
        }
        Ok(self.ready.pop_front())
    }

    fn take(&mut self, piece: Piece) {
        let fault = match piece {
            Piece::Record(record) => return self.take_record(&record),
            Piece::Blank(_) => return self.remark("empty lines"),
            Piece::Unknown { line, damaged } => {
                let detail = "the record type is not in the layout; the record is not used";
                let fault = Fault::new(line, "unknown_record_type", detail).about(self.key());
                if !damaged {
                    // A type that the register has added since: the person's other records are as good as before.
                    return self.ready.push_back(Item::Refused(fault));
                }
                fault
            }
            Piece::TooLong(line) => Fault::new(
                line,
                "record_too_long",
                "the line is longer than its record type allows; it is not used",
            ),
            Piece::Unreadable(line, reason) => {
                self.close_person();
                self.ended = true;
                let detail = format!("the rest of the file cannot be read: {reason}");
                return self.ready.push_back(Item::Unreadable(Fault::new(line, "unreadable", detail)));
            }
        };
        // The line may have been any record of the person, so the snapshot would be a guess.
        self.refuse(fault);
    }

    fn take_record(&mut self, record: &Record) {
        match &record.kind {
            b"000" | b"999" => self.close_person(),
            b"001" => {
                self.close_person();
                self.open_person(record);
            }
            b"099" => self.take_event(record),
            b"910" => {
                let number = crate::masked::masked(&record.text(&self.reading.layout.fields.error_number));
                let detail =
                    format!("the register reports error {number} about an order of ours (record 910)");
                self.ready.push_back(Item::Refused(Fault::new(record.number, "register_error", detail)));
            }
            b"997" => self.remark("receipts of deleted subscriptions (record 997)"),
            kind if is_part_of_snapshot(*kind) => self.take_part(record),
            // Names, clear-text addresses, church, history: nothing this system needs.
            _ => {}
        }
    }

    fn open_person(&mut self, record: &Record) {
        let mut person = Person { known: None, record: record.number, snapshot: None, events: Vec::new() };
        let fault = match self.reading.pnr(record) {
            Ok(cpr) => {
                let key = self.reading.secret.person_key(&cpr);
                person.known = Some((cpr, key));
                self.reading.begin(record).map(|snapshot| person.snapshot = Some(snapshot)).err()
            }
            Err(fault) => Some(fault),
        };
        self.person = Some(person);
        if let Some(fault) = fault {
            self.refuse(fault);
        }
    }

    fn take_part(&mut self, record: &Record) {
        let outcome = match (self.reading.pnr(record), &mut self.person) {
            (Err(fault), _) => Err(fault),
            (Ok(_), None) => {
                Err(Fault::new(record.number, "out_of_order", "no record 001 stands before this one"))
            }
            // The number of this person could not be read, so nothing of the group is used; that is already told.
            (Ok(_), Some(Person { known: None, .. })) => Ok(()),
            (Ok(cpr), Some(Person { known: Some((own, _)), snapshot, .. })) if *own == cpr => {
                match snapshot {
                    Some(snapshot) => self.reading.add(snapshot, record),
                    None => Ok(()),
                }
            }
            (Ok(_), Some(_)) => {
                let detail = "the record is of another person than the record 001 before it";
                Err(Fault::new(record.number, "out_of_order", detail))
            }
        };
        if let Err(fault) = outcome {
            self.refuse(fault);
        }
    }

    fn take_event(&mut self, record: &Record) {
        let read = self.reading.pnr(record).and_then(|cpr| Ok((cpr, self.reading.event(record)?)));
        let (cpr, event) = match read {
            Ok(read) => read,
            // An event is no part of the snapshot.
            Err(fault) => {
                let fault = fault.about(self.key());
                return self.ready.push_back(Item::Refused(fault));
            }
        };
        if !event.known {
            self.remark(&format!("events of unknown code {}", event.code));
        }
        match &mut self.person {
            Some(Person { known: Some((own, key)), events, .. }) if *own == cpr => {
                if events.len() < PERSON_EVENTS_MAX {
                    return events.push((record.number, event));
                }
                let detail = format!("the person has more than {PERSON_EVENTS_MAX} events in one file");
                let fault = Fault::new(record.number, "too_many_events", detail).about(key.to_string());
                self.ready.push_back(Item::Refused(fault));
            }
            _ => {
                let key = self.reading.secret.person_key(&cpr);
                let item = self.event(record.number, key, RegisterFact::CprEvent(event));
                self.ready.push_back(item);
            }
        }
    }

    /// Refuses a record; the open person's snapshot goes with it.
    fn refuse(&mut self, fault: Fault) {
        let fault = fault.about(self.key());
        if let Some(person) = &mut self.person {
            person.snapshot = None;
        }
        self.ready.push_back(Item::Refused(fault));
    }

    fn remark(&mut self, text: &str) {
        self.ready.push_back(Item::Remark(text.to_owned()));
    }

    /// The key of the open person; empty without one.
    fn key(&self) -> String {
        let known = self.person.as_ref().and_then(|person| person.known.as_ref());
        known.map(|(_, key)| key.to_string()).unwrap_or_default()
    }

    fn event(&self, record: u64, person: PersonKey, fact: RegisterFact) -> Item {
        let recorded_on = self.reading.production_date;
        Item::Event(record, Box::new(RegisterEvent { person, recorded_on, fact }))
    }

    fn close_person(&mut self) {
        let Some(Person { known: Some((_, key)), record, snapshot, events }) = self.person.take() else {
            return;
        };
        let arrival = snapshot.as_ref().and_then(|snapshot| self.arrival(&key, snapshot, &events));
        if let Some(snapshot) = snapshot {
            let item = self.event(record, key.clone(), RegisterFact::PersonSnapshot(snapshot));
            self.ready.push_back(item);
        }
        for (record, event) in events {
            let item = self.event(record, key.clone(), RegisterFact::CprEvent(event));
            self.ready.push_back(item);
        }
        self.ready.extend(arrival);
    }

    /// One arrival a person, at the home the snapshot states; since the day of the move event where the register does
    /// not state since when.
    fn arrival(
        &self,
        key: &PersonKey,
        snapshot: &PersonSnapshot,
        events: &[(u64, CprEvent)],
    ) -> Option<Item> {
        let home = snapshot.home.as_ref()?;
        let (record, event) =
            events.iter().rfind(|(_, event)| ARRIVAL_EVENTS.contains(&event.code.as_str()))?;
        let arrival = AddressArrival {
            address: home.address.clone(),
            person: key.clone(),
            born: snapshot.born,
            since: home.since.unwrap_or(event.on),
            recorded_on: self.reading.production_date,
        };
        Some(Item::Arrival(*record, Box::new(arrival)))
    }
}
