//! Orders about a household with children in Swedish childcare (*förskola*, *fritidshem*; förordning (2001:160)).

use crate::Heard;
use domain::{Day, Money, PlaceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is ordered about a household. `S` is how a person with a Swedish number is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ChildcareOrder<S> {
    /// The case begins: one household, whose custodian (*vårdnadshavare*) pays. It is billed month by month, in the month
    /// itself. Until an income is declared, the highest fee is due.
    OpenChildcare {
        /// The custodian.
        custodian: S,
    },
    /// The household is another from a day on (*ändrat hushåll*): a spouse or cohabitant registered at the address joins it or
    /// leaves it. The fee is reckoned anew from that day, and an income declared for the household before counts no longer.
    SetChildcareHousehold {
        /// The first day of it.
        from: Day,
        /// The spouse or cohabitant.
        partner: Option<S>,
        /// Kronor a month before tax, of this household; left out: none is declared, and the highest fee is due.
        monthly_income: Option<Money>,
    },
    /// The custodian declares the household's income (*inkomstanmälan*). It counts forward from its day, never back.
    DeclareIncome {
        /// The day on which the municipality has received it.
        declared_on: Day,
        /// Kronor a month before tax: a year's income by twelve.
        monthly_income: Money,
    },
    /// A child gets a place (*placering*).
    StartChildcare {
        /// The place, new for each child.
        place: PlaceId,
        /// The child.
        child: S,
        /// First day.
        first_day: Day,
        /// The form of care and the hours.
        terms: CareTerms,
    },
    /// The form of care, the hours or the child's address change.
    ChangeChildcare {
        /// The place.
        place: PlaceId,
        /// From when.
        from: Day,
        /// From then on.
        terms: CareTerms,
    },
    /// The custodian gives notice (*uppsägning*): the fee runs through the months of notice. Of several the one ordered last
    /// counts.
    GiveNotice {
        /// The place.
        place: PlaceId,
        /// The day of the notice; left out: the notice is taken back.
        given_on: Option<Day>,
    },
    /// The child moves to another municipality: the fee ends at once, also within a notice. Of several the one ordered last
    /// counts.
    MoveAway {
        /// The place.
        place: PlaceId,
        /// The first day in the other municipality; left out: the child stays after all.
        moved_on: Option<Day>,
    },
    /// What an adult of the household has earned in a year by the tax assessment (*taxerad inkomst*): once it is stated of
    /// everybody who was in the household in one of its months, the yearly income check (*inkomstkontroll*) is done. Each month
    /// is checked by the incomes of those who were in the household in it.
    StateTax {
        /// The income year.
        year: i32,
        /// Whose: the custodian, or a spouse or cohabitant who was in the household. Left out, as before this field: the income
        /// is that of the whole household, which counts only where the same adults made it up in all months of the year, and
        /// only while no income of a single one is stated.
        #[serde(skip_serializing_if = "Option::is_none")]
        adult: Option<S>,
        /// Kronor a year.
        yearly_income: Money,
    },
    /// A second person approves the correction that the income check of a year has led to (*attest*). Without, nothing is
    /// claimed or given back.
    ApproveCorrection {
        /// The income year.
        year: i32,
        /// Kronor a year, as the correction was prepared by, of all adults together: where another income has been stated,
        /// nobody has approved that.
        yearly_income: Money,
        /// The hearing (*kommunikation*, as in förvaltningslagen (2017:900) 25 §), without which nothing is claimed.
        heard: Option<Heard>,
    },
}

/// A place's form of care and hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CareTerms {
    /// The form of care.
    pub care: CareForm,
    /// Hours a week as decimal text, needed where the municipality's reduction depends on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_hours: Option<String>,
    /// Whether the child is registered at the household's address: only then it counts among the siblings.
    #[serde(default = "yes")]
    pub same_address: bool,
}

fn yes() -> bool {
    true
}

/// The form of care (*verksamhetsform*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CareForm {
    /// *Fritidshem.*
    AfterSchool,
    /// *Förskola*, also *pedagogisk omsorg*.
    Preschool,
}

impl<S> ChildcareOrder<S> {
    /// The same order with its persons named in another way.
    pub fn map_persons<R>(self, name: impl Fn(S) -> R) -> ChildcareOrder<R> {
        match self {
            Self::OpenChildcare { custodian } => ChildcareOrder::OpenChildcare { custodian: name(custodian) },
            Self::SetChildcareHousehold { from, partner, monthly_income } => {
                ChildcareOrder::SetChildcareHousehold { from, partner: partner.map(name), monthly_income }
            }
            Self::DeclareIncome { declared_on, monthly_income } => {
                ChildcareOrder::DeclareIncome { declared_on, monthly_income }
            }
            Self::StartChildcare { place, child, first_day, terms } => {
                ChildcareOrder::StartChildcare { place, child: name(child), first_day, terms }
            }
            Self::ChangeChildcare { place, from, terms } => {
                ChildcareOrder::ChangeChildcare { place, from, terms }
            }
            Self::GiveNotice { place, given_on } => ChildcareOrder::GiveNotice { place, given_on },
            Self::MoveAway { place, moved_on } => ChildcareOrder::MoveAway { place, moved_on },
            Self::StateTax { year, adult, yearly_income } => {
                ChildcareOrder::StateTax { year, adult: adult.map(name), yearly_income }
            }
            Self::ApproveCorrection { year, yearly_income, heard } => {
                ChildcareOrder::ApproveCorrection { year, yearly_income, heard }
            }
        }
    }
}
