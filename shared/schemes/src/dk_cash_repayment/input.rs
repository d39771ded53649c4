//! The facts of one debtor on one day.

use crate::Error;
use domain::Day;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One debtor on one day. At most one of the three incomes; none says that there is no current information on the
/// income, and the fixed instalment applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The day of the computation, which chooses the table.
    #[schemars(with = "String", extend("format" = "date"))]
    pub on: Day,
    /// Kroner a year: the net income (*nettoindkomst*) as already computed: after AM-bidrag, ATP, compulsory pension
    /// and tax.
    #[serde(default, with = "crate::exact::option", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub net_yearly_income: Option<Decimal>,
    /// Kroner: the net income of the latest month in the income register, then of the month before it. The lower one
    /// times twelve counts. One where the register has only one of them.
    #[serde(default, with = "crate::exact::list", skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub latest_months: Vec<Decimal>,
    /// Kroner: the net income of the latest yearly tax statement (*årsopgørelse*), where the register has nothing for
    /// the three months before.
    #[serde(default, with = "crate::exact::option", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub latest_tax_year: Option<Decimal>,
    /// Whether the debtor is a parent of a child under 18 (*forsørger*).
    pub provider: bool,
    /// A benefit that the debtor lives on and that gives deferral (*henstand*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<Benefit>,
    /// The repayable claims. Left out: the instalment is computed without a debt to end at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimInput>,
}

/// The benefits whose receivers have deferral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
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

impl Benefit {
    /// By its Danish name.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::IntegrationBenefit => "integrationsydelse",
            Self::EducationAssistance => "uddannelseshjælp",
            Self::CashAssistance => "kontanthjælp",
            Self::ResourceCourseBenefit => "ressourceforløbsydelse",
            Self::CashBenefit => "kontantydelse",
            Self::OnlyEarlyRetirement => "førtidspension only",
        }
    }
}

/// A repayable claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimInput {
    /// The claim's id, no personal datum.
    pub claim: String,
    /// Kroner: what is left of it.
    #[serde(with = "crate::exact")]
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// The day on which the help ended (*hjælpens ophør*).
    #[schemars(with = "String", extend("format" = "date"))]
    pub help_ended_on: Day,
    /// The day on which the municipality learned that there may be a claim, where later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub learned_on: Option<Day>,
    /// A day since then on which the debtor could have paid (*økonomisk mulighed*), if there was one: the claim does
    /// not lapse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub could_pay_on: Option<Day>,
}

/// The largest net income or claim, kroner.
const AMOUNT_MAX: i64 = 1_000_000_000;
/// The months that are compared: the latest and the one before.
const MONTHS_MAX: usize = 2;
/// The most claims of a debtor: far above any, small enough to stop a loop in a file.
const CLAIMS_MAX: usize = 500;
/// The longest id of a claim, characters.
const NAME_MAX: usize = 80;

impl Input {
    /// Everything that makes it no debtor on a day; nothing when it can be assessed.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        let given = [
            ("net_yearly_income", self.net_yearly_income.is_some()),
            ("latest_months", !self.latest_months.is_empty()),
            ("latest_tax_year", self.latest_tax_year.is_some()),
        ];
        for (field, _) in given.iter().filter(|(_, given)| *given).skip(1) {
            faults.push(Error::input(*field, "is a second income; send one of the three"));
        }
        if self.latest_months.len() > MONTHS_MAX {
            let problem = format!("has {}; send the latest and the one before", self.latest_months.len());
            faults.push(Error::input("latest_months", problem));
        }
        let months = self.latest_months.iter().enumerate().map(|(n, m)| (format!("latest_months[{n}]"), *m));
        let years =
            [("net_yearly_income", self.net_yearly_income), ("latest_tax_year", self.latest_tax_year)]
                .into_iter()
                .filter_map(|(field, amount)| amount.map(|amount| (field.to_owned(), amount)));
        faults.extend(years.chain(months).filter(|(_, amount)| !in_range(*amount)).map(out_of_range));
        if self.claims.len() > CLAIMS_MAX {
            let problem = format!("has {}; send at most {CLAIMS_MAX}", self.claims.len());
            faults.push(Error::input("claims", problem));
        }
        let mut seen = BTreeSet::new();
        for (n, claim) in self.claims.iter().enumerate() {
            claim.faults(&format!("claims[{n}]"), self.on, &mut faults);
            if !seen.insert(&claim.claim) {
                faults.push(Error::input(format!("claims[{n}].claim"), "is there twice; send it once"));
            }
        }
        faults
    }
}

impl ClaimInput {
    fn faults(&self, path: &str, on: Day, faults: &mut Vec<Error>) {
        if self.claim.is_empty() || self.claim.chars().count() > NAME_MAX {
            faults.push(Error::input(format!("{path}.claim"), format!("has 1 to {NAME_MAX} characters")));
        }
        if !in_range(self.amount) {
            faults.push(out_of_range((format!("{path}.amount"), self.amount)));
        }
        let days = [
            ("help_ended_on", Some(self.help_ended_on)),
            ("learned_on", self.learned_on),
            ("could_pay_on", self.could_pay_on),
        ];
        for (field, day) in days {
            if day.is_some_and(|day| day > on) {
                faults.push(Error::input(
                    format!("{path}.{field}"),
                    format!("is after {on}, the day of the computation"),
                ));
            }
        }
    }
}

fn in_range(amount: Decimal) -> bool {
    amount >= Decimal::ZERO && amount <= Decimal::from(AMOUNT_MAX) && amount.normalize().scale() <= 2
}

fn out_of_range((field, _): (String, Decimal)) -> Error {
    Error::input(field, format!("is 0 to {AMOUNT_MAX} kroner with at most two decimals"))
}
