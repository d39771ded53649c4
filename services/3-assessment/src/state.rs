//! What is kept about a case: facts as they were stated, and what has been decided from them.

use crate::before_opening::BeforeOpening;
use crate::childcare::Childcare;
use crate::decision::Decision;
use crate::hearing::Hearing;
use crate::housing::Housing;
use crate::orders::Orders;
use crate::repayment::Repayment;
use crate::residence::Residences;
use crate::unheard::Unheard;
use crate::yearly::Year;
use domain::{
    AuthorityId, CaseId, ChargeType, Day, DecisionId, HearingId, LetterId, Money, NoticeId, Period,
    PersonKey, PlaceId, Subject,
};
use messages::{
    BillingMode, CaseCommand, Cause, Evidence, HearingAnswer, IncomeBook, OpenNotice, Party, PlaceTerms,
    Role, Scheme,
};
use runtime::{Because, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A case. Everything in it is either a stated fact, kept under the day it holds from and never overwritten by an older
/// statement, or the outcome of a decision; so the order in which messages arrive plays no part in what is owed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The case is open: whose it is, its rules and how it is billed.
    pub opened: Option<Opened>,
    /// What authorities have ordered while nobody had opened it.
    #[serde(default, skip_serializing_if = "BeforeOpening::is_empty")]
    pub before_opening: BeforeOpening,
    /// Applied orders.
    pub orders: Orders,
    /// Who pays, from when.
    pub payers: BTreeMap<Day, Stated<Party>>,
    /// The household as stated, from when.
    pub households: BTreeMap<Day, Stated<Household>>,
    /// The places.
    pub places: BTreeMap<PlaceId, Place>,
    /// Applications for the economic subsidy, by order id.
    pub applications: BTreeMap<String, Application>,
    /// First days without the economic subsidy.
    pub subsidy_ends: BTreeSet<Day>,
    /// The last day of the case.
    pub last_day: Option<Stated<Day>>,
    /// Months lawfully not charged.
    pub exempt: BTreeMap<Period, String>,
    /// What the registers say of the persons of the case.
    pub persons: BTreeMap<PersonKey, Person>,
    /// Who has moved to an address of a payer's; where they have lived since stands with the persons.
    pub newcomers: BTreeMap<PersonKey, Newcomer>,
    /// Whom and what the case follows.
    pub following: BTreeSet<Following>,
    /// Of whom the population register says something that raises a payment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unheard: BTreeMap<PersonKey, Unheard>,
    /// Income years that are over, with their tax assessments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub years: BTreeMap<i32, Year>,
    /// The first income year that is looked at for subsidy to reconcile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_from: Option<i32>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_to: Option<i32>,
    /// Open notices.
    pub notices: BTreeMap<NoticeId, Notice>,
    /// The outcomes that staff have ordered for notices that are not known yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub closings: BTreeMap<NoticeId, String>,
    /// Notices with their outcome.
    pub closed_notices: BTreeSet<NoticeId>,
    /// Hearings, open and ended.
    pub hearings: BTreeMap<HearingId, Hearing>,
    /// Answers and rulings, also those that came before their hearing was known.
    pub answers: BTreeMap<HearingId, Vec<Answer>>,
    /// Delivered letters, also those that came before their letter was known.
    pub delivered: BTreeMap<LetterId, Day>,
    /// Decisions in the order they were made.
    pub decisions: Vec<Arc<Decision>>,
    /// What has been determined: by month and payer.
    pub determined: BTreeMap<Period, BTreeMap<PersonKey, Standing>>,
    /// The last month that has been determined in advance.
    pub assessed_to: Option<Period>,
    /// The last month that has been recalculated.
    pub recalculated_to: Option<Period>,
    /// The last report about each month that is still to be recalculated with it: what follows from it belongs to that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<Period, Because>,
    /// Reviews that have been asked for, each once.
    pub reviews: BTreeSet<String>,
    /// What a resident's case has besides: only a case of temporary housing has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub housing: Option<Housing>,
    /// What a debtor's case has besides: only a case of repayment has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repayment: Option<Repayment>,
    /// What a household's case has besides: only a case of Swedish childcare has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub childcare: Option<Childcare>,
    /// What has changed since the last morning.
    pub touched: Touches,
}

/// What has changed and waits for the morning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Touches {
    /// Every month may have changed, for this cause.
    pub cause: Option<Cause>,
    /// What the population register had said until then of the persons of whom it says something else now: what raises a
    /// payment is told apart by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: BTreeMap<PersonKey, Known>,
    /// The income of these months may have changed.
    pub income: BTreeSet<Period>,
    /// The tax assessments of these years may have changed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub years: BTreeSet<i32>,
    /// The orders and statements that changed something else: what is decided in the morning follows from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
}

/// What opening the case stated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The case.
    pub case: CaseId,
    /// Whose it is.
    pub authority: AuthorityId,
    /// Its rules.
    pub scheme: Scheme,
    /// How the ERP is made to invoice.
    pub billing: BillingMode,
}

impl Opened {
    /// What the case is charged for.
    pub fn charge_type(&self) -> Result<ChargeType, Refusal> {
        ChargeType::parse(self.scheme.charge_type())
            .map_err(|error| Refusal::new("charge_type", error.to_string()))
    }
}

/// A statement, and when it was made. Of two for the same day the later one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stated<T> {
    /// When.
    pub on: Day,
    /// Which order; decides between statements of one day.
    pub order: String,
    /// What.
    pub what: T,
}

impl<T> Stated<T> {
    /// What an order states.
    pub fn by(command: &CaseCommand, what: T) -> Self {
        Self { on: command.issued_on, order: command.id.clone(), what }
    }

    /// Keeps a statement unless a later one for the same day, or of the same thing, is known.
    pub fn keep<K: Ord>(all: &mut BTreeMap<K, Self>, of: K, new: Self) {
        let stays = all.get(&of).is_some_and(|old| (old.on, &old.order) >= (new.on, &new.order));
        if !stays {
            all.insert(of, new);
        }
    }

    /// Keeps a statement about something that has one value at a time, unless a later statement is known.
    pub fn replace(known: &mut Option<Self>, new: Self) {
        let stays = known.as_ref().is_some_and(|old| (old.on, &old.order) >= (new.on, &new.order));
        if !stays {
            *known = Some(new);
        }
    }
}

/// A household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Household {
    /// All adults.
    pub adults: Vec<Party>,
    /// Children under 18 at home.
    pub children: Vec<Party>,
    /// *Enlig forsørger.*
    pub single_provider: bool,
    /// Whether it stands for the household that the case was opened with: then it holds from its day.
    pub opening: bool,
    /// Whether the payer has stated it, and it did not come with the opening of the case.
    pub stated: bool,
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Child and first and last day; absent while only changes of the place are known.
    pub held: Option<Stated<Held>>,
    /// The last day as ordered later; of several orders the latest counts, so that an end can be corrected.
    pub ended: Option<Stated<Day>>,
    /// Kind, rate, cost and special subsidies, from when.
    pub terms: BTreeMap<Day, Stated<PlaceTerms>>,
}

/// Who holds a place from when to when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The child.
    pub child: Party,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Option<Day>,
}

/// An application for the economic subsidy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// When it was made.
    pub applied_on: Day,
    /// Kroner a year, as stated.
    pub yearly_income: Money,
    /// Whether the household has business income.
    pub self_employed: bool,
    /// The day of admission it is tied to.
    pub admitted_on: Option<Day>,
}

/// What the registers say of a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Whether the person lives, as the register said last.
    pub vital: Option<Vital>,
    /// Where the person has lived.
    pub residences: Residences,
    /// Whether the person is married, as the register said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub married: Option<Married>,
    /// Income reports.
    pub income: IncomeBook,
    /// What the register has said last and staff have ruled out in a hearing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruled_out: Option<RuledOut>,
}

/// What the register has said and does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuledOut {
    /// That the person lives, or has died.
    pub vital: Option<Vital>,
    /// Where the person should have lived.
    pub residences: Residences,
}

/// What the population register has said of a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Whether the person lives.
    pub vital: Option<Vital>,
    /// Where the person has lived.
    pub residences: Residences,
    /// Whether the person has moved to an address of a payer's.
    pub newcomer: Option<Newcomer>,
}

/// Whether a person lives. Of two the one recorded later counts, and of one day the one that knows of a death.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Vital {
    /// When the register produced it.
    pub recorded_on: Day,
    /// Day of death.
    pub died_on: Option<Day>,
}

/// Whether a person is married (*gift*) or a registered partner. Of two the one recorded later counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Married {
    /// When the register produced it.
    pub recorded_on: Day,
    /// Whether.
    pub is: bool,
}

/// Somebody who has moved to an address of a payer's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Newcomer {
    /// Date of birth, where the register knows it: tells an adult from a child.
    pub born: Option<Day>,
    /// Where the moves stand in the raw input.
    pub evidence: BTreeSet<Evidence>,
}

/// A followed subject and its role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Following {
    /// Person or address.
    pub subject: Subject,
    /// What it is to the case.
    pub role: Role,
}

/// An open notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// As routing raised it.
    pub open: OpenNotice,
    /// The day it reached the case.
    pub since: Day,
    /// What will close it.
    pub awaits: Awaits,
    /// Its deadline has passed, and staff have been told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overdue: bool,
}

/// What closes a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaits {
    /// The income of this month: its recalculation decides.
    Income(Period),
    /// The assessment of the household's facts.
    Household,
    /// The same, unless the payer is a single provider who may have married by this day of the register.
    SingleStatus(Day),
    /// A person.
    Staff,
}

/// A citizen's answer or the staff's ruling in a hearing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The citizen.
    Citizen {
        /// When.
        on: Day,
        /// What.
        answer: HearingAnswer,
    },
    /// Staff.
    Ruling {
        /// When.
        on: Day,
        /// Whether the raise stands.
        raise_stands: bool,
        /// Why, for the letter.
        #[serde(default)]
        reason: String,
    },
}

/// What has been determined for a month and a payer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// How many times.
    pub version: u32,
    /// What is owed.
    pub amount: Money,
    /// By which decision.
    pub decision: DecisionId,
}
