//! Orders about cash assistance that must be paid back (*tilbagebetalingspligtig kontanthjælp*, aktivloven kap. 12), and what
//! is told of its claims and of instalments that are not paid.

use domain::{ClaimId, Day, LetterId, Money, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is ordered about a debtor. `P` is how a person is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RepaymentOrder<P> {
    /// The case begins: one debtor, who pays an instalment a month.
    OpenRepayment {
        /// The debtor (*skyldner*).
        debtor: P,
    },
    /// The benefit system registers a claim. It is decided by rule whether it is paid in instalments or set aside.
    RegisterClaim(RepayableClaim),
    /// A claim never was, or was annulled: what has been charged for it is given back.
    WithdrawClaim {
        /// The claim.
        claim: ClaimId,
        /// Why.
        reason: String,
    },
    /// A claim is reduced otherwise than by an instalment.
    SettleClaim {
        /// The claim.
        claim: ClaimId,
        /// The day from which less is owed.
        on: Day,
        /// Kroner by which it is reduced.
        amount: Money,
        /// How.
        by: Settlement,
        /// Of a transfer: the months whose missed instalments go to recovery with it. They are not demanded here any more; those
        /// that it does not name are.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        instalments: BTreeSet<Period>,
    },
    /// What was found about the debtor, whole, from a day on.
    SetCircumstances {
        /// From when.
        from: Day,
        /// What.
        circumstances: Circumstances,
    },
    /// Income or provider duty could not be fetched. What has been decided stays, nothing new is, and staff are told.
    CircumstancesNotFetched {
        /// The day of the attempt.
        on: Day,
        /// Why.
        reason: String,
    },
    /// The ledger says that an instalment is not paid: not by its last day, or its payment was returned. Of what is stated of a
    /// month, the last by the day of the order counts.
    PaymentMissed {
        /// The instalment's month.
        period: Period,
        /// The day on which it was due.
        due_on: Day,
    },
    /// An instalment that had been missed is paid.
    PaymentMade {
        /// The instalment's month.
        period: Period,
        /// When.
        paid_on: Day,
    },
}

impl<P> RepaymentOrder<P> {
    /// The same order with its person named in another way.
    pub fn map_persons<Q>(self, name: impl Fn(P) -> Q) -> RepaymentOrder<Q> {
        match self {
            Self::OpenRepayment { debtor } => RepaymentOrder::OpenRepayment { debtor: name(debtor) },
            Self::RegisterClaim(claim) => RepaymentOrder::RegisterClaim(claim),
            Self::WithdrawClaim { claim, reason } => RepaymentOrder::WithdrawClaim { claim, reason },
            Self::SettleClaim { claim, on, amount, by, instalments } => {
                RepaymentOrder::SettleClaim { claim, on, amount, by, instalments }
            }
            Self::SetCircumstances { from, circumstances } => {
                RepaymentOrder::SetCircumstances { from, circumstances }
            }
            Self::CircumstancesNotFetched { on, reason } => {
                RepaymentOrder::CircumstancesNotFetched { on, reason }
            }
            Self::PaymentMissed { period, due_on } => RepaymentOrder::PaymentMissed { period, due_on },
            Self::PaymentMade { period, paid_on } => RepaymentOrder::PaymentMade { period, paid_on },
        }
    }
}

/// A claim (*krav*) as the benefit system has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepayableClaim {
    /// Its id, no personal datum.
    pub claim: ClaimId,
    /// By which rule it is paid back.
    pub ground: RepaymentGround,
    /// The month for which the help was paid.
    pub month: Period,
    /// Kroner to be paid back.
    pub principal: Money,
    /// The day on which the help ended (*hjælpens ophør*).
    pub help_ended_on: Day,
    /// The day on which the municipality learned that there may be a claim, where later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_on: Option<Day>,
    /// A day since then on which the debtor could have paid (*økonomisk mulighed*), where there is one: the claim does not
    /// lapse after three years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub could_pay_on: Option<Day>,
    /// The last timely payment date (*sidste rettidige betalingsdato*) of an earlier demand, where there was one: its
    /// limitation runs from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demanded_by: Option<Day>,
}

/// The section of aktivloven by which help is paid back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum RepaymentGround {
    /// It must be: received against better knowledge, or another of the reasons of § 91.
    #[serde(rename = "91")]
    P91,
    /// It may be decided to be.
    #[serde(rename = "93")]
    P93,
    /// From a later compensation or maintenance for the same time and purpose.
    #[serde(rename = "94")]
    P94,
}

impl RepaymentGround {
    /// As a letter writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::P91 => "aktivloven § 91",
            Self::P93 => "aktivloven § 93",
            Self::P94 => "aktivloven § 94",
        }
    }
}

/// How a claim is reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The debtor has paid outside of the instalments.
    Paid,
    /// By set-off (*modregning*).
    SetOff,
    /// A person has written it off (*afskrivning*).
    WrittenOff,
    /// It has gone to recovery (*inddrivelse*): a claim is in collection or in recovery, never in both.
    Transferred,
}

/// What was found about a debtor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// Whether the debtor is a parent of a child under 18 (*forsørger*).
    pub provider: bool,
    /// A benefit that the debtor lives on and that gives deferral (*henstand*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<DeferringBenefit>,
    /// The net income.
    pub income: NetIncome,
    /// Where it was fetched from.
    pub source: IncomeSource,
    /// The day on which it was fetched.
    pub fetched_on: Day,
    /// The authorisation by which the income register was asked. Without one it must not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<String>,
}

/// Where income and provider duty come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncomeSource {
    /// The income register (*eIndkomst*).
    IncomeRegister,
    /// The yearly tax statement (*årsopgørelse*).
    TaxStatement,
    /// The benefit system.
    BenefitSystem,
    /// What the debtor has documented.
    Debtor,
}

/// The net income (*nettoindkomst*): after AM-bidrag, ATP, compulsory pension and tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NetIncome {
    /// The latest months that the register has: the latest and the one before, or only the latest. The lower one counts.
    LatestMonths(Vec<NetMonth>),
    /// The latest yearly tax statement, where the register has nothing of the three months before.
    TaxYear {
        /// The income year.
        year: i32,
        /// Kroner.
        net: Money,
    },
    /// There is no information on the income of the latest two income years: the fixed instalment counts.
    NotFound,
}

/// The net income of a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetMonth {
    /// The month.
    pub month: Period,
    /// Kroner.
    pub net: Money,
}

/// The benefits whose receivers have deferral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeferringBenefit {
    /// *Integrationsydelse*.
    IntegrationBenefit,
    /// *Uddannelseshjælp*.
    EducationAssistance,
    /// *Kontanthjælp*.
    CashAssistance,
    /// *Ressourceforløbsydelse*.
    ResourceCourseBenefit,
    /// *Kontantydelse*.
    CashBenefit,
    /// *Førtidspension*, and nothing else.
    OnlyEarlyRetirement,
}

/// How a claim stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimStanding {
    /// The claim.
    pub claim: ClaimId,
    /// Grows by one with all that is told of the claim; the highest counts.
    pub version: u32,
    /// Kroner, as registered.
    pub principal: Money,
    /// How.
    pub state: ClaimState,
}

/// What becomes of a claim: paid in instalments, or set aside with a day, or over. One that waits says for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// It waits: the text for staff says for what.
    Waits,
    /// The debtor is given notice (*varslet*) of instalments.
    Notified,
    /// It is paid by instalments.
    Instalments,
    /// It is set aside (*henlagt*) and looked at again.
    SetAside {
        /// When.
        review_on: Day,
    },
    /// It has lapsed (*bortfaldet*): three years without economic possibility.
    Lapsed {
        /// The first day on which it was no more.
        on: Day,
    },
    /// It was time-barred (*forældet*) when it was registered.
    TimeBarred {
        /// The last day on which it could have been demanded.
        last_day: Day,
    },
    /// Nothing is left of it.
    Settled,
    /// It was withdrawn.
    Withdrawn,
}

impl ClaimState {
    /// In words, for staff.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Waits => "waiting",
            Self::Notified => "given notice",
            Self::Instalments => "in instalments",
            Self::SetAside { .. } => "set aside",
            Self::Lapsed { .. } => "lapsed",
            Self::TimeBarred { .. } => "time-barred",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What the fee of a reminder is charged as.
pub const REMINDER_FEE: &str = "dk-cash-repayment/reminder-fee";

/// A step after an instalment that was not paid in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionStep {
    /// The instalment's month.
    pub period: Period,
    /// Which.
    pub step: CollectionStepKind,
    /// The day on which it was taken.
    pub on: Day,
    /// The letter that tells the debtor. Versions before wrote none of a transfer.
    pub letter: Option<LetterId>,
    /// What it costs the debtor, where it costs something: charged once its letter has come, as [`REMINDER_FEE`].
    pub fee: Option<Money>,
}

/// The steps after a missed payment, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CollectionStepKind {
    /// A reminder (*rykker*).
    Reminder,
    /// The repayment is determined (*fastsættelse*) without a person.
    Determination,
    /// Reminder and determination were in vain: it may go to recovery (*inddrivelse*) once the debtor has been told.
    Transfer,
}

#[test]
fn a_ground_is_named_as_an_article_is_cited() {
    let named = [RepaymentGround::P91, RepaymentGround::P93, RepaymentGround::P94].map(RepaymentGround::name);
    assert_eq!(named, ["aktivloven § 91", "aktivloven § 93", "aktivloven § 94"]);
}
