//! `register.events` and `register.moves`: normalised facts from the registers.

use crate::body::content_kinds;
use crate::{Content, Topic};
use domain::{AddressKey, AuthorityId, Day, Period, PersonKey};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A fact about a person from a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterEvent {
    /// Whom it is about.
    pub person: PersonKey,
    /// The day the register produced it (the production date of the extract, the day of the answer).
    pub recorded_on: Day,
    /// The fact.
    pub fact: RegisterFact,
}

/// What a register says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegisterFact {
    /// Everything the population register holds about the person; replaces what was known before.
    PersonSnapshot(PersonSnapshot),
    /// An event (*hændelse*) of the population register.
    CprEvent(CprEvent),
    /// A report to the income register (*indberetning til eIndkomst*).
    IncomeReport(IncomeReport),
}

/// The person as CPR records 001-018 state it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonSnapshot {
    /// Date of birth; absent when the register does not know it.
    pub born: Option<Day>,
    /// Status code: 01, 03 living in Denmark, 05, 07 Greenland, 20, 30, 50, 60 changed number, 70 disappeared, 80
    /// emigrated, 90 dead.
    pub status: String,
    /// Since when.
    pub status_since: Option<Day>,
    /// The number that replaces this one (*gældende personnummer*), as a key.
    pub current_number: Option<PersonKey>,
    /// Where the person lives.
    pub home: Option<Home>,
    /// Where the person has gone (*udrejse*).
    pub departure: Option<Departure>,
    /// Civil status (*civilstand*).
    pub civil_status: Option<CivilStatus>,
    /// Since when the person is separated (*separation*).
    pub separated_since: Option<Day>,
    /// The person's children.
    pub children: Vec<PersonKey>,
    /// Protection of name and address (*navne- og adressebeskyttelse*) and other protections.
    pub protections: Vec<Protection>,
}

/// A registered home.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Municipality code (*kommunekode*).
    pub municipality: AuthorityId,
    /// The address, as a key.
    pub address: AddressKey,
    /// Since when the person lives there (*tilflytningsdato*).
    pub since: Option<Day>,
    /// Since when the person lives in the municipality.
    pub municipality_since: Option<Day>,
}

/// The person has left the country.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// When.
    pub on: Option<Day>,
    /// Country code of the register.
    pub country: Option<String>,
}

/// Civil status and since when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CivilStatus {
    /// U unmarried, G married, F divorced, E widowed, P registered partner, O dissolved partnership, L surviving
    /// partner, D dead.
    pub code: String,
    /// Since when.
    pub since: Option<Day>,
    /// The spouse.
    pub spouse: Option<PersonKey>,
}

/// A protection: 0001 name and address, 0002 local directory, 0003 marketing, 0004 research, 0005 credit warning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// The register's code.
    pub code: String,
    /// From when.
    pub from: Option<Day>,
    /// Until when.
    pub to: Option<Day>,
}

/// CPR record 099.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CprEvent {
    /// The event code, such as `A01` (move).
    pub code: String,
    /// Whether the code is in the list this project holds. An unknown one passes through.
    pub known: bool,
    /// The day the register made the event.
    pub on: Day,
    /// The register's time of day, `hh:mm`. Empty where the extract gives none, as for a requisition: then `on` is the
    /// production date of the extract.
    pub time: String,
    /// Derived mark: AE spouse, PA partner, PN new number.
    pub derived_mark: Option<String>,
}

/// One report of an employer about a person, with all its amounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomeReport {
    /// The report's own id (*AngivelseVirksomhedEgenIdentifikator*). With employer, pay period and disposition month it
    /// is the key of the report.
    pub report: String,
    /// The employer's SE number.
    pub employer: String,
    /// First day of the pay period.
    pub period_from: Day,
    /// Last day of the pay period.
    pub period_to: Day,
    /// The month whose income this is: decided by the disposition date.
    pub disposition_month: Period,
    /// A report, or the reversal (*tilbageførsel*) of an earlier one.
    pub kind: ReportKind,
    /// Income type (*indkomsttype*): 00 pay, 01 SU, 04 other personal income, …
    pub income_type: String,
    /// Whether it corrects an earlier period.
    pub correction: bool,
    /// Field number (three digits, blanket 16001 and its fellows summed) to decimal text; may be negative.
    #[serde(deserialize_with = "decimals")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub amounts: BTreeMap<String, String>,
}

/// What is read is decimal text; the error names the field and not the text.
fn decimals<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let amounts = BTreeMap::<String, String>::deserialize(from)?;
    match amounts.iter().position(|(_, text)| Decimal::from_str_exact(text).is_err()) {
        Some(at) => Err(Error::custom(format!("amount {} of the report is no decimal text", at + 1))),
        None => Ok(amounts),
    }
}

impl IncomeReport {
    /// The kroner of a field; nothing where it is not reported.
    pub fn amount(&self, field: &str) -> Decimal {
        // No text that is no decimal has been read.
        self.amounts.get(field).and_then(|text| Decimal::from_str_exact(text).ok()).unwrap_or_default()
    }

    /// What names a report within its person: employer, pay period, disposition month and the report's own id. Its
    /// reversal has the same name.
    pub fn name(&self) -> String {
        format!(
            "{}/{}/{}/{}/{}",
            self.employer, self.period_from, self.period_to, self.disposition_month, self.report
        )
    }

    /// The key of the report within its person: a redelivery has the same, so that it changes nothing.
    pub fn key(&self) -> String {
        let kind = match self.kind {
            ReportKind::Report => "I",
            ReportKind::Reversal => "T",
        };
        format!("{}/{kind}", self.name())
    }
}

/// Field 011 of blanket 11000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// `I`: a report.
    Report,
    /// `T`: the reversal of the report of the same name ([`IncomeReport::name`]).
    Reversal,
}

/// Somebody has moved to an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressArrival {
    /// The address.
    pub address: AddressKey,
    /// Who.
    pub person: PersonKey,
    /// Date of birth: tells an adult from a child.
    pub born: Option<Day>,
    /// Since when.
    pub since: Day,
    /// The production date of the extract.
    pub recorded_on: Day,
}

impl Content for RegisterEvent {
    const TOPIC: Topic = Topic::RegisterEvents;
    fn key(&self) -> String {
        self.person.to_string()
    }
    content_kinds! { content => content.fact;
        RegisterFact::PersonSnapshot(_) => "person-snapshot",
        RegisterFact::CprEvent(_) => "cpr-event",
        RegisterFact::IncomeReport(_) => "income-report",
    }
}

impl Content for AddressArrival {
    const TOPIC: Topic = Topic::RegisterMoves;
    fn key(&self) -> String {
        self.address.to_string()
    }
    content_kinds! { content => content;
        Self { .. } => "address-arrival",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_is_no_decimal_is_not_read_and_not_repeated() {
        let report = |text: &str| {
            serde_json::from_value::<IncomeReport>(serde_json::json!({
                "report": "r", "employer": "19552101", "period_from": "2023-01-01", "period_to": "2023-01-31",
                "disposition_month": "2023-01", "kind": "report", "income_type": "00", "correction": false,
                "amounts": {"057": "25000.50", "199": text}
            }))
        };
        assert_eq!(report("-1.5").unwrap().amount("199"), Decimal::new(-15, 1));
        assert_eq!(report("1").unwrap().amount("060"), Decimal::ZERO);
        let refused = report("61012043,21").unwrap_err().to_string();
        assert!(refused.contains("amount 2") && !refused.contains("6101"), "{refused}");
    }
}
