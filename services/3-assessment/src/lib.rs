#![doc = include_str!("../README.md")]

mod assess_case;
mod before_opening;
mod childcare;
mod decide;
mod decided;
mod decision;
mod facts;
mod for_staff;
mod hear;
mod hearing;
mod hearings;
mod household;
mod housing;
mod income;
mod letter;
mod morning;
mod move_in;
mod notices;
mod orders;
mod register_facts;
mod repayment;
mod residence;
mod reviews;
mod scheme;
mod signature;
mod state;
mod target;
#[cfg(test)]
mod tests;
mod unassessable;
mod unheard;
mod unknown;
mod yearly;

pub use childcare::{Check, CheckState, Checked, Childcare, CorrectionDecision, FeeDecision, Undeclared};
pub use decision::Decision;
pub use hearing::{About, Hearing};
pub use housing::{Housing, HousingSettings, PaymentDecision, Waiting};
pub use repayment::{AgreementState, Repayment, RepaymentSettings};
pub use reviews::{MISSING_INCOME_MONTH, Review};
pub use signature::{SchemeSignature, Signature};
pub use state::{Awaits, Case};
pub use yearly::OpenYear;

use domain::{AuthorityId, Day};
use messages::Topic;
use runtime::{Context, DynStage, Effects, Input, NoCall, Refusal, Stage};
use schemes::Parameters;
use schemes::dk_daycare::{self, Settings};
use schemes::se_childcare;
use schemes::{collection, dk_cash_repayment, dk_temporary_housing};
use std::collections::{BTreeMap, BTreeSet};

/// The stage's name, as in the store, the headers and the metrics.
pub const STAGE_NAME: &str = "assessment";

/// The stage: facts about cases in; notices, hearings, decisions, letters and determinations out.
#[derive(Debug, Clone)]
pub struct Assessment {
    rules: Rules,
}

/// A figure of the law that is known up to a day and not after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LawEnd {
    /// The scheme that needs it.
    pub scheme: String,
    /// The last day of which it is known.
    pub last: Day,
    /// What it is called in the scheme's file.
    pub figure: String,
}

/// The law and the authorities' choices.
#[derive(Debug, Clone)]
pub struct Rules {
    pub(crate) parameters: Parameters,
    pub(crate) settings: Settings,
    pub(crate) authorities: BTreeMap<AuthorityId, Signature>,
    pub(crate) housing: housing::HousingRules,
    pub(crate) repayment: repayment::RepaymentRules,
    pub(crate) childcare: childcare::ChildcareRules,
}

impl Assessment {
    /// The law this project comes with, under the authorities' settings. Letters of an authority that is not among
    /// `authorities` are signed by its municipality code. Fails on settings out of range.
    pub fn new(
        settings: Settings,
        authorities: BTreeMap<AuthorityId, Signature>,
    ) -> Result<Self, schemes::Error> {
        settings.check()?;
        let housing = housing::HousingRules {
            parameters: dk_temporary_housing::parameters()?,
            settings: HousingSettings::default(),
        };
        let repayment = repayment::RepaymentRules {
            parameters: dk_cash_repayment::parameters()?,
            collection: collection::danish_parameters()?,
            settings: RepaymentSettings::default(),
        };
        let childcare = childcare::ChildcareRules {
            parameters: se_childcare::parameters()?,
            settings: se_childcare::Settings::default(),
        };
        let parameters = dk_daycare::parameters()?;
        Ok(Self { rules: Rules { parameters, settings, authorities, housing, repayment, childcare } })
    }

    /// The same under these choices for temporary housing. Fails on settings out of range.
    pub fn with_housing(mut self, settings: HousingSettings) -> Result<Self, schemes::Error> {
        settings.check()?;
        self.rules.housing.settings = settings;
        Ok(self)
    }

    /// The same under these choices for the repayment of cash assistance. Fails on settings out of range.
    pub fn with_repayment(mut self, settings: RepaymentSettings) -> Result<Self, schemes::Error> {
        settings.check(&self.rules.repayment.parameters)?;
        self.rules.repayment.settings = settings;
        Ok(self)
    }

    /// The same under this tariff of Swedish childcare. Fails on settings that cannot be meant.
    pub fn with_childcare(mut self, settings: se_childcare::Settings) -> Result<Self, schemes::Error> {
        settings.check()?;
        self.rules.childcare.settings = settings;
        Ok(self)
    }

    /// The figures of the law that are not known on this later day: cases that need them wait for a version that has
    /// them. What ended before `since` in daycare was repealed.
    pub fn law_ends(&self, since: Day, later: Day) -> BTreeSet<LawEnd> {
        let Rules { parameters, housing, repayment, childcare, .. } = &self.rules;
        let of = |parameters: &Parameters, since| {
            let ended = parameters.ending(since, later).map(|(name, last)| (name.to_owned(), last));
            let scheme = parameters.scheme().to_owned();
            ended.map(|(figure, last)| LawEnd { scheme: scheme.clone(), last, figure }).collect::<Vec<_>>()
        };
        let table = repayment.parameters.tables().ending(later).map(|last| LawEnd {
            scheme: dk_cash_repayment::SCHEME.to_owned(),
            last,
            figure: "the table of percentages".to_owned(),
        });
        of(parameters, since)
            .into_iter()
            .chain(of(&housing.parameters, Day::MIN))
            .chain(of(&childcare.parameters, Day::MIN))
            .chain(table)
            .collect()
    }
}

impl From<Assessment> for DynStage {
    // Here and not where the stages are put together, so that what is particular to it is built in this crate.
    fn from(stage: Assessment) -> Self {
        Self::new(stage)
    }
}

impl Stage for Assessment {
    type State = Case;
    type Call = NoCall;
    type Outcome = NoCall;

    fn name(&self) -> &'static str {
        STAGE_NAME
    }

    fn inputs(&self) -> &'static [Topic] {
        &[Topic::CaseCommands, Topic::CaseNotices]
    }

    fn decide(
        &self,
        context: &Context<'_>,
        state: Option<Case>,
        input: Input<'_, Self>,
    ) -> Result<Effects<Self>, Refusal> {
        decide::decide(&self.rules, context, state.unwrap_or_default(), input)
    }
}
