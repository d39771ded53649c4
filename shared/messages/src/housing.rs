//! Orders about a resident in temporary housing (*midlertidigt botilbud*, serviceloven §§ 107, 109, 110), and what is told of
//! residents who wait for a decision.

use domain::{ChargeType, Day, FacilityId, Money, PlaceId, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is ordered about a resident. `P` is how a person is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HousingOrder<P> {
    /// The case begins: one resident, who pays. It is billed month by month after the month, because what is owed follows
    /// the days.
    OpenResidence {
        /// The resident (*beboer*).
        resident: P,
    },
    /// The resident moves into a place (*indflytning*).
    MoveIn {
        /// The place, new for each stay.
        place: PlaceId,
        /// Where and by which paragraph.
        stay: Stay,
        /// First day.
        first_day: Day,
        /// Last day, where it is known.
        last_day: Option<Day>,
    },
    /// The resident moves out (*fraflytning*): nothing is owed from the day after. Of several the one ordered last counts.
    MoveOut {
        /// The place.
        place: PlaceId,
        /// The last day.
        last_day: Day,
    },
    /// What the resident has stated of income and expenses, whole, from a day on. A decision rests on what is known when it
    /// is made; afterwards only the loss of all income counts by itself.
    SetMeans {
        /// From when.
        from: Day,
        /// What.
        means: Means,
    },
    /// What a facility costs (*beregningsgrundlag*), as obtained from it. § 107 is not decided without.
    SetCosts(FacilityCosts),
    /// The payment of a stay is to be decided (*afgørelse om egenbetaling*): the caseworker has all that it takes, or asks for
    /// what is missing. It binds when its letter has been delivered, and only from then on.
    DecidePayment {
        /// The stay.
        place: PlaceId,
        /// Kroner a day for the stay, where the caseworker sets less than the rules give: the rate of the facility's costs
        /// or of the law, and no more than the resident can pay.
        daily_rate: Option<Money>,
        /// Services beside the stay.
        services: Vec<StayService>,
        /// The version of the calculation template.
        template: String,
    },
    /// The resident does without a service (*fravalg*) for some days.
    OptOut {
        /// The service, by the name it has in the decision.
        service: String,
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
    },
    /// Nothing is paid for some days in a special case (*dispensation*, § 107).
    Dispense {
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
        /// The special case.
        reason: String,
    },
}

impl<P> HousingOrder<P> {
    /// The same order with its person named in another way.
    pub fn map_persons<Q>(self, name: impl Fn(P) -> Q) -> HousingOrder<Q> {
        match self {
            Self::OpenResidence { resident } => HousingOrder::OpenResidence { resident: name(resident) },
            Self::MoveIn { place, stay, first_day, last_day } => {
                HousingOrder::MoveIn { place, stay, first_day, last_day }
            }
            Self::MoveOut { place, last_day } => HousingOrder::MoveOut { place, last_day },
            Self::SetMeans { from, means } => HousingOrder::SetMeans { from, means },
            Self::SetCosts(costs) => HousingOrder::SetCosts(costs),
            Self::DecidePayment { place, daily_rate, services, template } => {
                HousingOrder::DecidePayment { place, daily_rate, services, template }
            }
            Self::OptOut { service, from, to } => HousingOrder::OptOut { service, from, to },
            Self::Dispense { from, to, reason } => HousingOrder::Dispense { from, to, reason },
        }
    }
}

/// A stay (*ophold*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The facility (*botilbud*); of one's own or bought.
    pub facility: FacilityId,
    /// The unit (*enhed*) of the authority that answers for it.
    pub unit: UnitId,
    /// The paragraph under which it is granted.
    pub paragraph: HousingParagraph,
}

/// The paragraph of serviceloven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum HousingParagraph {
    /// Temporary stay for reduced functional ability or social problems.
    #[serde(rename = "107")]
    P107,
    /// Women's crisis centre (*kvindekrisecenter*).
    #[serde(rename = "109")]
    P109,
    /// Shelter (*herberg, forsorgshjem*).
    #[serde(rename = "110")]
    P110,
}

impl HousingParagraph {
    /// As staff write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::P107 => "§ 107",
            Self::P109 => "§ 109",
            Self::P110 => "§ 110",
        }
    }
}

/// A resident's income and expenses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// Whether there is an income (*indtægtsgrundlag*). Without, nothing is charged.
    pub income: bool,
    /// Whether the resident keeps an own home (*egen bolig*).
    #[serde(default)]
    pub own_home_kept: bool,
    /// The month, needed for § 107, and for a reduction under §§ 109 and 110.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<MonthlyBudget>,
    /// Kroner a month: the rent of a comparable dwelling less housing benefit, which a payment for the stay may not exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparable_rent: Option<Money>,
}

/// A resident's month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthlyBudget {
    /// The income after tax.
    pub income: Money,
    /// The costs of the own home.
    pub home_costs: Money,
    /// Earlier obligations and other fixed expenses.
    pub obligations: Money,
    /// The amount for personal needs (*rådighedsbeløb*) that the resident keeps.
    pub personal_needs: Money,
}

/// The yearly costs of a facility; what is not measured is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FacilityCosts {
    /// The facility.
    pub facility: FacilityId,
    /// The first day on which the figures hold.
    pub valid_from: Day,
    /// The last day.
    pub valid_to: Day,
    /// Rent of the residents' part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rent: Option<Money>,
    /// Electricity of the residents' part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electricity: Option<Money>,
    /// Heat of the residents' part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat: Option<Money>,
    /// Days on which places can be held in the year: places times days.
    pub place_days: u32,
    /// Whether the figures are provisional: nobody is decided on those.
    #[serde(default)]
    pub provisional: bool,
    /// The unit that obtains what is missing.
    pub owner: String,
}

/// A service beside the stay (*ydelse*). One that is granted individually is none of the kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StayService {
    /// What it is.
    pub kind: StayServiceKind,
    /// Its name in the letter: a meal can be opted out of by itself.
    pub name: String,
    /// Kroner a day: the average cost.
    pub daily_rate: Money,
}

/// The services that may be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StayServiceKind {
    /// Food (*kost*), or one meal of it.
    Food,
    /// Laundry (*vask*).
    Laundry,
    /// Another service that is an integral part of the stay; only § 107.
    OtherIntegral,
}

/// A resident who lives in a place without a communicated decision with a concrete amount: nothing may be charged, and
/// somebody has to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitedDecision {
    /// The place.
    pub place: PlaceId,
    /// Grows by one with all that is told of the place's waiting; the highest counts.
    pub version: u32,
    /// What would be charged.
    pub charge_type: ChargeType,
    /// Where.
    pub stay: Stay,
    /// The first day without.
    pub since: Day,
    /// How many days until now, the first one not counted.
    pub days: u32,
    /// The last day that the authority allows itself; after it, it is a finding.
    pub decide_by: Day,
    /// What it waits for.
    pub awaits: DecisionAwaits,
}

/// What a decision waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAwaits {
    /// A caseworker: nobody has ordered one.
    Order,
    /// The resident's income and expenses.
    Means,
    /// Valid costs of the facility.
    Costs,
    /// A rate of the law for the year.
    Rate,
    /// Other terms: by those that were ordered no amount can be decided.
    Terms,
    /// The delivery of its letter.
    Delivery,
}

impl DecisionAwaits {
    /// In words, for staff.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Order => "nobody has ordered a decision",
            Self::Means => "income and expenses are not stated",
            Self::Costs => "the facility has no valid costs",
            Self::Rate => "the law's rate is not known",
            Self::Terms => "no amount can be decided by what was ordered",
            Self::Delivery => "the letter is not delivered",
        }
    }
}

/// A resident who has waited does not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitEnded {
    /// The place.
    pub place: PlaceId,
    /// Grows by one with all that is told of the place's waiting; the highest counts.
    pub version: u32,
    /// The first day without a decision.
    pub since: Day,
    /// How many days it lasted: none of them is ever charged.
    pub days: u32,
    /// Why.
    pub outcome: AwaitEnd,
}

/// Why a resident does not wait any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AwaitEnd {
    /// A decision has been communicated.
    Decided,
    /// The resident has moved out, or died: the days until then are never charged.
    MovedOut,
    /// The resident has no income: nothing can be charged.
    NoIncome,
}

impl AwaitEnd {
    /// In words, for staff.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Decided => "a decision has been communicated",
            Self::MovedOut => "the resident does not live there any more",
            Self::NoIncome => "the resident has no income",
        }
    }
}
