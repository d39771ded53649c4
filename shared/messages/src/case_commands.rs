//! `case.commands`: orders of staff, specialist systems and the letter service.

use crate::body::content_kinds;
use crate::{ChildcareOrder, Content, HousingOrder, RepaymentOrder, Topic, YearPostponed};
use domain::{
    AuthorityId, CaseId, ChargeType, Day, HearingId, LetterId, Money, NoticeId, Period, PersonKey,
    PersonalNumber, PlaceId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An order about a case. `P` is how a person is named: a [`Cpr`](domain::Cpr) as received, a [`Party`] on the log. `S` is the
/// same of a person of a Swedish case: a [`Personnummer`](domain::Personnummer) as received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseCommand<P = Party, S = P> {
    /// The sender's own id of the order, unique for ever: 1-100 characters. The same id has effect once.
    pub id: String,
    /// The case.
    pub case: CaseId,
    /// The authority that decides.
    pub authority: AuthorityId,
    /// The day it was ordered.
    pub issued_on: Day,
    /// Who ordered it: a role or a system, never a person's name.
    pub issued_by: String,
    /// The order.
    pub order: CaseOrder<P, S>,
}

/// A person with the number and the key that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The key.
    pub person: PersonKey,
    /// The number. Named after the Danish one, as which it was first published; it knows its country.
    pub cpr: PersonalNumber,
}

/// The set of rules a case follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Danish daycare (*dagtilbud*).
    DkDaycare,
    /// Own payment in Danish temporary housing (*egenbetaling i midlertidige botilbud*).
    DkTemporaryHousing,
    /// Repayment of Danish cash assistance (*tilbagebetaling af kontanthjælp*).
    DkCashRepayment,
    /// Fee of Swedish childcare (*maxtaxa*).
    SeChildcare,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 4] =
        [Self::DkDaycare, Self::DkTemporaryHousing, Self::DkCashRepayment, Self::SeChildcare];

    /// What its cases are charged for.
    pub const fn charge_type(self) -> &'static str {
        match self {
            Self::DkDaycare => "dk-daycare/parental-payment",
            Self::DkTemporaryHousing => "dk-temporary-housing/own-payment",
            Self::DkCashRepayment => "dk-cash-repayment/instalment",
            Self::SeChildcare => "se-childcare/fee",
        }
    }

    /// The name in configuration and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::DkDaycare => "dk-daycare",
            Self::DkTemporaryHousing => "dk-temporary-housing",
            Self::DkCashRepayment => "dk-cash-repayment",
            Self::SeChildcare => "se-childcare",
        }
    }
}

/// How the ERP is made to invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingMode {
    /// A command for every period.
    Monthly,
    /// A standing order (*abonnement*) that the ERP bills by itself until its valid-to date.
    Standing,
}

/// The kind of daycare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// *Vuggestue.*
    Nursery,
    /// *Børnehave.*
    Kindergarten,
    /// *Dagpleje.*
    Childminder,
    /// *Fritidshjem.* The payment has a highest share of the gross cost.
    AfterSchool,
    /// *SFO.* The council sets the payment.
    SchoolBased,
    /// *Klub.*
    Club,
}

/// What a place costs from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceTerms {
    /// The kind.
    pub kind: PlaceKind,
    /// The parents' full rate per paid month (*takst*), lunch included where it is part of the place.
    pub monthly_rate: Money,
    /// The budgeted gross operating cost per month (*bruttodriftsudgift*).
    pub gross_cost: Money,
    /// Whether treatment subsidy (*behandlingsmæssigt tilskud*) is granted.
    #[serde(default)]
    pub treatment: bool,
    /// Social-pedagogical subsidy (*socialpædagogisk friplads*) in percent, 0-100, as decimal text.
    #[serde(default = "zero_percent")]
    pub social_percent: String,
}

fn zero_percent() -> String {
    "0".to_owned()
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CaseOrder<P = Party, S = P> {
    /// The case begins.
    OpenCase {
        /// The rules.
        scheme: Scheme,
        /// How the ERP is made to invoice.
        billing: BillingMode,
        /// Who pays: the parent with the right to the place.
        payer: P,
        /// First day of the household below.
        from: Day,
        /// All adults of the household, the payer among them.
        adults: Vec<P>,
        /// Children under 18 at home.
        children: Vec<P>,
        /// Single provider (*enlig forsørger*).
        single_provider: bool,
    },
    /// The household from a day on, whole, as the payer has stated it.
    SetHousehold {
        /// From when.
        from: Day,
        /// All adults, the payer among them.
        adults: Vec<P>,
        /// Children under 18 at home.
        children: Vec<P>,
        /// Single provider (*enlig forsørger*).
        single_provider: bool,
    },
    /// Another person pays from a day on.
    ChangePayer {
        /// From when.
        from: Day,
        /// Who.
        payer: P,
    },
    /// A child gets a place.
    PlaceChild {
        /// The place.
        place: PlaceId,
        /// The child.
        child: P,
        /// First day.
        from: Day,
        /// Last day, where it is known.
        to: Option<Day>,
        /// Kind, rate, cost and granted special subsidies.
        terms: PlaceTerms,
    },
    /// Kind, price or special subsidy of a place changes.
    ChangePlace {
        /// The place.
        place: PlaceId,
        /// From when.
        from: Day,
        /// From then on.
        terms: PlaceTerms,
    },
    /// A place ends.
    EndPlace {
        /// The place.
        place: PlaceId,
        /// Its last day.
        last_day: Day,
    },
    /// The payer applies for income-dependent subsidy (*økonomisk fripladstilskud*), anew or with changed income.
    ApplySubsidy {
        /// The day of the application.
        applied_on: Day,
        /// The household's income as stated, monthly income × 12, as the rules count it: personal income before tax and after
        /// labour-market contribution (*AM-bidrag*) and the employee's own ATP; the register's is compared with it.
        yearly_income: Money,
        /// Whether somebody in the household is self-employed (no monthly recalculation).
        self_employed: bool,
        /// For a newly admitted child: the day of admission, from which the subsidy runs.
        admitted_on: Option<Day>,
    },
    /// The subsidy ends at the payer's wish or for want of conditions.
    EndSubsidy {
        /// The first day without.
        from: Day,
    },
    /// What the tax assessment (*årsopgørelse*) of an income year shows for an adult of the household: the yearly
    /// reconciliation (*efterregulering*) begins when it is known for all. Of several the one ordered last counts.
    StateYearlyIncome {
        /// The income year.
        year: i32,
        /// Whose.
        adult: P,
        /// The income of the year as the rules count it, like the one stated in the application; negative where it is a loss.
        income: Money,
        /// Income years to 2015 only: since when the subsidy was received against better knowledge; without it nothing is
        /// claimed for such a year.
        #[serde(default)]
        knowingly_since: Option<Day>,
    },
    /// An income year may stay open beyond its deadline while a tax assessment is missing.
    PostponeYear {
        /// The income year.
        year: i32,
        /// Why.
        reason: YearPostponed,
    },
    /// An income year was settled otherwise: before this system had the case, or with an estate. Nothing of it is told or claimed
    /// any more.
    CloseYear {
        /// The income year.
        year: i32,
        /// How it was settled.
        reason: String,
    },
    /// The citizen has answered a hearing.
    AnswerHearing {
        /// Which.
        hearing: HearingId,
        /// When.
        answered_on: Day,
        /// What.
        answer: HearingAnswer,
    },
    /// Staff have decided a hearing that the citizen objected to.
    DecideHearing {
        /// Which.
        hearing: HearingId,
        /// When.
        decided_on: Day,
        /// Whether the raise stands.
        raise_stands: bool,
        /// Why.
        reason: String,
    },
    /// A letter has reached its receiver.
    LetterDelivered {
        /// Which.
        letter: LetterId,
        /// The day that counts as communication.
        delivered_on: Day,
        /// Through which channel.
        channel: String,
    },
    /// Staff close a notice that needs a person.
    CloseNotice {
        /// Which.
        notice: NoticeId,
        /// What came of it.
        outcome: String,
    },
    /// An order named a hearing, a place or a notice by mistake: nobody waits for it any more.
    ForgetUnknown {
        /// The id that it named.
        named: String,
    },
    /// A period is lawfully not charged.
    Exempt {
        /// What.
        charge_type: ChargeType,
        /// Which month.
        period: Period,
        /// Why, with its legal basis.
        reason: String,
    },
    /// About a resident in temporary housing.
    Housing(HousingOrder<P>),
    /// About the repayment of cash assistance.
    Repayment(RepaymentOrder<P>),
    /// About a household with children in Swedish childcare.
    Childcare(ChildcareOrder<S>),
    /// The case ends.
    CloseCase {
        /// Its last day.
        last_day: Day,
    },
}

/// The citizen's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HearingAnswer {
    /// Agrees, or has nothing to add.
    Accepts,
    /// Objects: staff must decide.
    Objects,
}

impl<P, S> CaseOrder<P, S> {
    /// The scheme that it belongs to; none where every case takes it.
    pub fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::OpenCase { .. }
            | Self::SetHousehold { .. }
            | Self::ChangePayer { .. }
            | Self::PlaceChild { .. }
            | Self::ChangePlace { .. }
            | Self::EndPlace { .. }
            | Self::ApplySubsidy { .. }
            | Self::EndSubsidy { .. }
            | Self::StateYearlyIncome { .. }
            | Self::PostponeYear { .. }
            | Self::CloseYear { .. } => Some(Scheme::DkDaycare),
            Self::Housing(_) => Some(Scheme::DkTemporaryHousing),
            Self::Childcare(_) => Some(Scheme::SeChildcare),
            Self::Repayment(_) => Some(Scheme::DkCashRepayment),
            Self::AnswerHearing { .. }
            | Self::DecideHearing { .. }
            | Self::LetterDelivered { .. }
            | Self::CloseNotice { .. }
            | Self::ForgetUnknown { .. }
            | Self::Exempt { .. }
            | Self::CloseCase { .. } => None,
        }
    }
}

impl<P, S> CaseCommand<P, S> {
    /// The same command with every person named in another way, `swedish` those of a Swedish case.
    pub fn map_persons<Q, R>(self, name: impl Fn(P) -> Q, swedish: impl Fn(S) -> R) -> CaseCommand<Q, R> {
        let all = |persons: Vec<P>| persons.into_iter().map(&name).collect();
        let order = match self.order {
            CaseOrder::OpenCase { scheme, billing, payer, from, adults, children, single_provider } => {
                CaseOrder::OpenCase {
                    scheme,
                    billing,
                    payer: name(payer),
                    from,
                    adults: all(adults),
                    children: all(children),
                    single_provider,
                }
            }
            CaseOrder::SetHousehold { from, adults, children, single_provider } => CaseOrder::SetHousehold {
                from,
                adults: all(adults),
                children: all(children),
                single_provider,
            },
            CaseOrder::ChangePayer { from, payer } => CaseOrder::ChangePayer { from, payer: name(payer) },
            CaseOrder::PlaceChild { place, child, from, to, terms } => {
                CaseOrder::PlaceChild { place, child: name(child), from, to, terms }
            }
            CaseOrder::ChangePlace { place, from, terms } => CaseOrder::ChangePlace { place, from, terms },
            CaseOrder::EndPlace { place, last_day } => CaseOrder::EndPlace { place, last_day },
            CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed, admitted_on } => {
                CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed, admitted_on }
            }
            CaseOrder::EndSubsidy { from } => CaseOrder::EndSubsidy { from },
            CaseOrder::StateYearlyIncome { year, adult, income, knowingly_since } => {
                CaseOrder::StateYearlyIncome { year, adult: name(adult), income, knowingly_since }
            }
            CaseOrder::PostponeYear { year, reason } => CaseOrder::PostponeYear { year, reason },
            CaseOrder::CloseYear { year, reason } => CaseOrder::CloseYear { year, reason },
            CaseOrder::AnswerHearing { hearing, answered_on, answer } => {
                CaseOrder::AnswerHearing { hearing, answered_on, answer }
            }
            CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason } => {
                CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason }
            }
            CaseOrder::LetterDelivered { letter, delivered_on, channel } => {
                CaseOrder::LetterDelivered { letter, delivered_on, channel }
            }
            CaseOrder::CloseNotice { notice, outcome } => CaseOrder::CloseNotice { notice, outcome },
            CaseOrder::ForgetUnknown { named } => CaseOrder::ForgetUnknown { named },
            CaseOrder::Exempt { charge_type, period, reason } => {
                CaseOrder::Exempt { charge_type, period, reason }
            }
            CaseOrder::Housing(order) => CaseOrder::Housing(order.map_persons(name)),
            CaseOrder::Repayment(order) => CaseOrder::Repayment(order.map_persons(name)),
            CaseOrder::Childcare(order) => CaseOrder::Childcare(order.map_persons(swedish)),
            CaseOrder::CloseCase { last_day } => CaseOrder::CloseCase { last_day },
        };
        CaseCommand {
            id: self.id,
            case: self.case,
            authority: self.authority,
            issued_on: self.issued_on,
            issued_by: self.issued_by,
            order,
        }
    }
}

impl Content for CaseCommand {
    const TOPIC: Topic = Topic::CaseCommands;
    fn key(&self) -> String {
        self.case.to_string()
    }
    content_kinds! { content => content.order;
        CaseOrder::OpenCase { .. } => "open-case",
        CaseOrder::SetHousehold { .. } => "set-household",
        CaseOrder::ChangePayer { .. } => "change-payer",
        CaseOrder::PlaceChild { .. } => "place-child",
        CaseOrder::ChangePlace { .. } => "change-place",
        CaseOrder::EndPlace { .. } => "end-place",
        CaseOrder::ApplySubsidy { .. } => "apply-subsidy",
        CaseOrder::EndSubsidy { .. } => "end-subsidy",
        CaseOrder::StateYearlyIncome { .. } => "state-yearly-income",
        CaseOrder::PostponeYear { .. } => "postpone-year",
        CaseOrder::CloseYear { .. } => "close-year",
        CaseOrder::AnswerHearing { .. } => "answer-hearing",
        CaseOrder::DecideHearing { .. } => "decide-hearing",
        CaseOrder::LetterDelivered { .. } => "letter-delivered",
        CaseOrder::CloseNotice { .. } => "close-notice",
        CaseOrder::ForgetUnknown { .. } => "forget-unknown",
        CaseOrder::Exempt { .. } => "exempt",
        CaseOrder::Housing(HousingOrder::OpenResidence { .. }) => "open-residence",
        CaseOrder::Housing(HousingOrder::MoveIn { .. }) => "move-in",
        CaseOrder::Housing(HousingOrder::MoveOut { .. }) => "move-out",
        CaseOrder::Housing(HousingOrder::SetMeans { .. }) => "set-means",
        CaseOrder::Housing(HousingOrder::SetCosts(_)) => "set-costs",
        CaseOrder::Housing(HousingOrder::DecidePayment { .. }) => "decide-payment",
        CaseOrder::Housing(HousingOrder::OptOut { .. }) => "opt-out",
        CaseOrder::Housing(HousingOrder::Dispense { .. }) => "dispense",
        CaseOrder::Repayment(RepaymentOrder::OpenRepayment { .. }) => "open-repayment",
        CaseOrder::Repayment(RepaymentOrder::RegisterClaim(_)) => "register-claim",
        CaseOrder::Repayment(RepaymentOrder::WithdrawClaim { .. }) => "withdraw-claim",
        CaseOrder::Repayment(RepaymentOrder::SettleClaim { .. }) => "settle-claim",
        CaseOrder::Repayment(RepaymentOrder::SetCircumstances { .. }) => "set-circumstances",
        CaseOrder::Repayment(RepaymentOrder::CircumstancesNotFetched { .. }) => "circumstances-not-fetched",
        CaseOrder::Repayment(RepaymentOrder::PaymentMissed { .. }) => "payment-missed",
        CaseOrder::Repayment(RepaymentOrder::PaymentMade { .. }) => "payment-made",
        CaseOrder::Childcare(ChildcareOrder::OpenChildcare { .. }) => "open-childcare",
        CaseOrder::Childcare(ChildcareOrder::SetChildcareHousehold { .. }) => "set-childcare-household",
        CaseOrder::Childcare(ChildcareOrder::DeclareIncome { .. }) => "declare-income",
        CaseOrder::Childcare(ChildcareOrder::StartChildcare { .. }) => "start-childcare",
        CaseOrder::Childcare(ChildcareOrder::ChangeChildcare { .. }) => "change-childcare",
        CaseOrder::Childcare(ChildcareOrder::GiveNotice { .. }) => "give-notice",
        CaseOrder::Childcare(ChildcareOrder::MoveAway { .. }) => "move-away",
        CaseOrder::Childcare(ChildcareOrder::StateTax { .. }) => "state-tax",
        CaseOrder::Childcare(ChildcareOrder::ApproveCorrection { .. }) => "approve-correction",
        CaseOrder::CloseCase { .. } => "close-case",
    }
}
