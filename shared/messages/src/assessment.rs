//! `assessment.events`: what is owed and why.

use crate::body::content_kinds;
use crate::{
    AwaitEnded, AwaitedDecision, BillingMode, ClaimStanding, CollectionStep, Content, DecisionMade, Scheme,
    Topic, YearOpened, YearReconciled,
};
use domain::{
    AuthorityId, CaseId, ChargeType, Day, DecisionId, DeterminationId, HearingId, LetterId, Money, NoticeId,
    Period, PersonKey, PersonalNumber,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Something the assessment has established about a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentEvent {
    /// The case.
    pub case: CaseId,
    /// Whose it is.
    pub authority: AuthorityId,
    /// Under which rules.
    pub scheme: Scheme,
    /// The logical day.
    pub recorded_on: Day,
    /// What.
    pub fact: AssessmentFact,
}

/// What has been established.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentFact {
    /// A notice waits for its outcome.
    NoticeOpened {
        /// Which.
        notice: NoticeId,
        /// The event type of the advis strategy.
        event_type: String,
        /// By when.
        deadline: Day,
        /// The owning unit.
        owner: String,
    },
    /// A notice has its outcome.
    NoticeClosed {
        /// Which.
        notice: NoticeId,
        /// The event type of the advis strategy.
        event_type: String,
        /// What came of it.
        outcome: NoticeOutcome,
    },
    /// The citizen is asked before a raise.
    HearingOpened {
        /// Which.
        hearing: HearingId,
        /// The letter that asks.
        letter: LetterId,
        /// The raised periods, first to last.
        from: Period,
        /// The last, open-ended when absent.
        to: Option<Period>,
        /// Why the payment would rise.
        cause: Cause,
        /// By when an answer is awaited.
        deadline: Day,
    },
    /// The hearing has ended.
    HearingClosed {
        /// Which.
        hearing: HearingId,
        /// How.
        outcome: HearingOutcome,
    },
    /// A decision (*afgørelse*) has been made; it binds from its communication.
    DecisionMade(Box<DecisionMade>),
    /// A decision has reached the citizen.
    DecisionCommunicated {
        /// Which.
        decision: DecisionId,
        /// When.
        communicated_on: Day,
    },
    /// What a payer owes for a period.
    Determined(Box<Determination>),
    /// A period is lawfully not charged.
    Exempted {
        /// Who would pay.
        payer: PersonKey,
        /// What.
        charge_type: ChargeType,
        /// Which month.
        period: Period,
        /// Why.
        reason: String,
    },
    /// A resident lives in a unit without a decision, and is not charged (R57). Told when it begins, on the 1st of each
    /// month while it lasts, and when it waits for something else.
    DecisionAwaited(AwaitedDecision),
    /// A resident does not wait for a decision any more.
    DecisionAwaitEnded(AwaitEnded),
    /// How a claim to repayment stands: told when it is registered and whenever that changes.
    ClaimAssessed(ClaimStanding),
    /// A step after an instalment of a repayment that was not paid in time.
    CollectionStepTaken(CollectionStep),
    /// An income year waits for its tax assessment. Told on the first morning after it.
    YearOpened(YearOpened),
    /// An income year has been reconciled.
    YearReconciled(Box<YearReconciled>),
    /// A person must look: no rule decides (self-employed, a missing month, a dead payer).
    ReviewNeeded {
        /// Which month, where one is meant.
        period: Option<Period>,
        /// A code such as `missing_income_month`.
        code: String,
        /// A sentence for the caseworker.
        detail: String,
    },
}

/// The amount a payer owes for a period, communicated and explained. A later version replaces an earlier one of the same
/// payer, charge type and period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Determination {
    /// Its id.
    pub determination: DeterminationId,
    /// Grows by one with every replacement of the same payer, charge type and period; the highest counts.
    pub version: u32,
    /// Who pays.
    pub payer: PersonKey,
    /// The payer's number, for the ERP.
    pub payer_cpr: PersonalNumber,
    /// What is charged.
    pub charge_type: ChargeType,
    /// How the ERP is made to invoice.
    pub billing: BillingMode,
    /// The month.
    pub period: Period,
    /// What is owed for the month in all: zero or more.
    pub amount: Money,
    /// When it falls due.
    pub due_on: Day,
    /// The decision that makes it binding.
    pub decision: DecisionId,
    /// When that decision reached the citizen.
    pub communicated_on: Day,
    /// Why it is as it is now.
    pub cause: Cause,
    /// The tree of steps that led to the amount.
    pub trace: Trace,
}

/// The tree of steps that led to an amount, as the rules wrote it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Trace(#[schemars(with = "serde_json::Value")] Box<RawValue>);

impl Trace {
    /// Keeps the JSON of a trace as it is.
    pub fn of(trace: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(trace).map(Self)
    }

    /// The JSON text.
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

/// Why an amount is as it is (*årsagskode*): absent is impossible (R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A place began, changed or ended.
    Place,
    /// The payer applied or asked.
    OwnRequest,
    /// The council's rates or the year's scale changed.
    Rates,
    /// The monthly recalculation against the income register (*genberegning*).
    IncomeRecalculation,
    /// A residence or family notice.
    HouseholdNotice,
    /// The yearly reconciliation (*efterregulering*).
    YearlyControl,
    /// Staff corrected the case.
    Correction,
    /// Claims to repayment were registered, withdrawn or settled.
    Claims,
}

impl Cause {
    /// Whether a raise for this cause needs a hearing (*partshøring*) first. None is due for what the payer has stated
    /// or asked for, for a place, and for the year's rates and scale.
    pub fn needs_hearing(self) -> bool {
        match self {
            Self::Place | Self::OwnRequest | Self::Rates => false,
            Self::IncomeRecalculation
            | Self::HouseholdNotice
            | Self::YearlyControl
            | Self::Correction
            | Self::Claims => true,
        }
    }
}

/// What came of a notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeOutcome {
    /// The payment changed.
    PaymentChanged,
    /// Looked at by the rule, nothing changes.
    NoChange,
    /// The recalculation of its month, which is in the case's calendar, decides.
    LeftToRecalculation,
    /// Nothing changes now; the yearly reconciliation settles it.
    LeftToYearlyControl,
    /// A raise is being heard; the hearing carries it on.
    HearingOpened,
    /// Staff have closed it, with these words.
    ByStaff(String),
}

/// How a hearing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HearingOutcome {
    /// The citizen agreed.
    Accepted,
    /// The deadline passed without objection.
    Unanswered,
    /// The citizen objected and staff decided that the raise stands.
    RaiseStands,
    /// The citizen objected and staff dropped the raise.
    Dropped,
    /// The facts changed so that nothing rises any more, or another hearing replaces it.
    Superseded,
}

impl Content for AssessmentEvent {
    const TOPIC: Topic = Topic::AssessmentEvents;
    fn key(&self) -> String {
        self.case.to_string()
    }
    content_kinds! { content => content.fact;
        AssessmentFact::NoticeOpened { .. } => "notice-opened",
        AssessmentFact::NoticeClosed { .. } => "notice-closed",
        AssessmentFact::HearingOpened { .. } => "hearing-opened",
        AssessmentFact::HearingClosed { .. } => "hearing-closed",
        AssessmentFact::DecisionMade(_) => "decision-made",
        AssessmentFact::DecisionCommunicated { .. } => "decision-communicated",
        AssessmentFact::Determined(_) => "determined",
        AssessmentFact::Exempted { .. } => "exempted",
        AssessmentFact::DecisionAwaited(_) => "decision-awaited",
        AssessmentFact::DecisionAwaitEnded(_) => "decision-await-ended",
        AssessmentFact::ClaimAssessed(_) => "claim-assessed",
        AssessmentFact::CollectionStepTaken(_) => "collection-step-taken",
        AssessmentFact::YearOpened(_) => "year-opened",
        AssessmentFact::YearReconciled(_) => "year-reconciled",
        AssessmentFact::ReviewNeeded { .. } => "review-needed",
    }
}
