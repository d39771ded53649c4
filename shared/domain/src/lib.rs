#![doc = include_str!("../README.md")]

mod agenda;
mod cpr;
mod day;
mod ids;
mod money;
mod period;
mod personal_number;
mod personnummer;

pub use agenda::Agenda;
pub use cpr::{Cpr, CprError, PersonSecret};
pub use day::says_no_day;
pub use ids::{
    AddressKey, AuthorityId, CaseId, ChargeType, ClaimId, CommandId, DecisionId, DeterminationId, FacilityId,
    FindingId, HearingId, IdError, LetterId, NoticeId, PersonKey, PlaceId, Subject, SubscriptionId, UnitId,
};
pub use money::{Currency, Money, MoneyError};
pub use period::{Period, PeriodError, month_end};
pub use personal_number::{PersonalNumber, PersonalNumberError};
pub use personnummer::{Personnummer, PersonnummerError};

/// A calendar day, in the civil calendar of the authority. Nothing in the domain knows an hour.
pub type Day = chrono::NaiveDate;
