//! From an answer to income reports.

use super::fields::{BadReport, Draft};
use super::person::Reports;
use super::xml::{NotRead, Step, Steps};
use crate::item::{Fault, Item};
use crate::ledger::Hold;
use crate::masked::masked;
use domain::{Cpr, Day, PersonKey, PersonSecret};
use messages::{RegisterEvent, RegisterFact};
use std::collections::VecDeque;
use std::io::BufRead;

/// Reads an answer item by item: per person all reports, or one fault. A person with one unusable report gives none,
/// because the income of a month is the sum over all.
pub struct Reader<'a, R> {
    steps: Steps<R>,
    secret: &'a PersonSecret,
    answered_on: Option<Day>,
    taken_on: Day,
    /// The open elements.
    path: Vec<String>,
    employer: String,
    employment: String,
    person: Option<Person>,
    draft: Option<Draft>,
    message: String,
    records: u64,
    is_answer: bool,
    ready: VecDeque<Item>,
    ended: bool,
}

#[derive(Default)]
struct Person {
    line: u64,
    key: Option<PersonKey>,
    reports: Reports,
    fault: Option<Fault>,
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// Reads `input`, which was taken on this day: the day its facts were recorded, unless the answer tells its own.
    pub fn new(secret: &'a PersonSecret, taken_on: Day, input: R) -> Self {
        Self {
            steps: Steps::new(input),
            secret,
            answered_on: None,
            taken_on,
            path: Vec::new(),
            employer: String::new(),
            employment: String::new(),
            person: None,
            draft: None,
            message: String::new(),
            records: 0,
            is_answer: false,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    /// The next item, `None` at the end.
    pub fn next_item(&mut self) -> Option<Item> {
        while self.ready.is_empty() && !self.ended {
            match self.steps.step() {
                Ok(Step::Open(name)) => {
                    self.open(&name);
                    self.path.push(name);
                }
                Ok(Step::Close(name, text)) => {
                    self.path.pop();
                    self.close(&name, text);
                }
                Ok(Step::End) => {
                    self.ended = true;
                    if !self.is_answer {
                        self.unreadable("it is no answer of the income register");
                    }
                }
                Err(NotRead(reason)) => self.unreadable(reason),
            }
        }
        self.ready.pop_front()
    }

    fn unreadable(&mut self, reason: &str) {
        self.ended = true;
        let detail = format!("the rest of the file cannot be read: {reason}");
        self.ready.push_back(Item::Unreadable(Fault::new(self.steps.line(), "unreadable", detail)));
    }

    fn open(&mut self, name: &str) {
        match name {
            "IndkomstOplysningPersonHent_O" => self.is_answer = true,
            "IndkomstOplysningPersonStruktur" => {
                self.person = Some(Person { line: self.steps.line(), ..Person::default() });
            }
            "IndberetningPligtigVirksomhedStruktur" => self.employer.clear(),
            "LoenPeriodeOplysningStruktur" => {
                self.records += 1;
                self.employment.clear();
                self.draft = Some(Draft::default());
            }
            "FejlStruktur" | "AdvisStruktur" => self.message.clear(),
            _ if name.starts_with("AngivelseNiveau") => {
                if let Some(draft) = &mut self.draft {
                    draft.forms.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: String) {
        let parent = self.path.last().map(String::as_str).unwrap_or_default();
        match name {
            "TransaktionTid" => self.answered(&text),
            "FejlIdentifikator" | "AdvisIdentifikator" => self.message = text,
            "FejlStruktur" => self.register_error(),
            "AdvisStruktur" => {
                let remark = format!("advices of the register, number {}", code(&self.message));
                self.ready.push_back(Item::Remark(remark));
            }
            "Fault" => {
                self.is_answer = true;
                self.message.clear();
                self.register_error();
            }
            "PersonCivilRegistrationIdentifier" if parent == "IndkomstOplysningPersonStruktur" => {
                self.name_person(&text)
            }
            "VirksomhedSENummerIdentifikator" => self.employer = text,
            "IndkomstOplysningPersonStruktur" => self.close_person(),
            "LoenPeriodeOplysningStruktur" => self.close_report(),
            "AnsaettelseforholdMedarbejderIdentifikator" => self.employment = text,
            _ => self.close_in_report(name, text),
        }
    }

    fn close_in_report(&mut self, name: &str, text: String) {
        let parent = self.path.last().map(String::as_str).unwrap_or_default();
        let Some(draft) = &mut self.draft else { return };
        match name {
            "AngivelseVirksomhedEgenIdentifikator" => draft.id = text,
            "StartDate" if parent == "AngivelsePeriode" => draft.from = text,
            "EndDate" if parent == "AngivelsePeriode" => draft.to = text,
            "IndkomstPersonGruppeDispositionDato" => draft.disposition = text,
            "BlanketNummerIdentifikator" => {
                if let Some(form) = draft.forms.last_mut() {
                    *form = text;
                }
            }
            "BlanketFeltNummerIdentifikator" => draft.number = text,
            "AngivelseFeltIndholdTekst" => draft.value = text,
            "AngivelseFeltIndholdStruktur" => match draft.close_field() {
                Ok(remark) => self.ready.extend(remark.map(Item::Remark)),
                Err(bad) => self.blame(bad),
            },
            _ if name.starts_with("AngivelseNiveau") => {
                draft.forms.pop();
            }
            _ => {}
        }
    }

    fn answered(&mut self, text: &str) {
        let day = text.get(..10).and_then(|day| Day::parse_from_str(day, "%Y-%m-%d").ok());
        if day.is_none() {
            let remark = "answers without a readable time, recorded on the day they were taken";
            self.ready.push_back(Item::Remark(remark.to_owned()));
        }
        self.answered_on = day;
    }

    fn register_error(&mut self) {
        let detail = format!("the income register answers with error {}; ask again", code(&self.message));
        let fault = Fault::new(self.steps.line(), "register_error", detail).of_field("FejlStruktur");
        self.ready.push_back(Item::Refused(fault));
    }

    fn name_person(&mut self, text: &str) {
        let Some(person) = &mut self.person else { return };
        match Cpr::parse(text) {
            Ok(cpr) => person.key = Some(self.secret.person_key(&cpr)),
            Err(why) => self.blame(BadReport {
                field: "PersonCivilRegistrationIdentifier",
                code: "bad_pnr",
                detail: match why {
                    domain::CprError::NotTenDigits(_) => "a CPR number has ten digits",
                    domain::CprError::NoDate => "the first six digits of a CPR number are a date",
                },
            }),
        }
    }

    /// The first fault of a person stands for all.
    fn blame(&mut self, bad: BadReport) {
        let line = self.steps.line();
        if let Some(person) = &mut self.person {
            person.fault.get_or_insert_with(|| {
                let detail = format!("{}: {}; no report of this person is used", bad.field, bad.detail);
                Fault::new(line, bad.code, detail).of_field(bad.field)
            });
        }
    }

    fn close_report(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        let employment = std::mem::take(&mut self.employment);
        let record = self.records;
        let added = draft.finish(&self.employer).and_then(|report| match &mut self.person {
            Some(person) => person.reports.add(record, employment, report),
            None => Ok(false),
        });
        match added {
            Ok(false) => {}
            Ok(true) => {
                self.ready.push_back(Item::Remark("reports that stand twice, counted once".to_owned()))
            }
            Err(bad) => self.blame(bad),
        }
    }

    fn close_person(&mut self) {
        let Some(person) = self.person.take() else { return };
        let key = person.key.as_ref().map(ToString::to_string).unwrap_or_default();
        let (Some(key), None) = (person.key, &person.fault) else {
            let fault = person.fault.unwrap_or_else(|| {
                let field = "PersonCivilRegistrationIdentifier";
                Fault::new(person.line, "bad_pnr", format!("{field}: the person has no number"))
                    .of_field(field)
            });
            return self.ready.push_back(Item::Refused(fault.about(key)));
        };
        let recorded_on = self.answered_on.unwrap_or(self.taken_on);
        self.ready.extend(person.reports.finish().map(|(record, report)| {
            let fact = RegisterFact::IncomeReport(report);
            Item::Event(record, Box::new(RegisterEvent { person: key.clone(), recorded_on, fact }))
        }));
    }
}

/// A message number of the register; anything else is not repeated.
fn code(text: &str) -> String {
    let plain = !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { masked(text) } else { "(none)".to_owned() }
}

/// Reads the whole answer once; says why it must be held.
pub(crate) fn check<R: BufRead>(secret: &PersonSecret, day: Day, input: R) -> Option<Hold> {
    let mut reader = Reader::new(secret, day, input);
    while let Some(item) = reader.next_item() {
        if let Item::Unreadable(fault) = item {
            let detail = format!(
                "line {}: {}; get it again and replace it, or release what can be read",
                fault.line, fault.detail
            );
            return Some(Hold::new("unreadable", detail));
        }
    }
    None
}
