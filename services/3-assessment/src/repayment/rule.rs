//! What the rules give for a debtor on a day: an instalment, or that the claims are set aside until a day.

use super::schedule::Schedule;
use super::{PlanTerms, RepaymentRules};
use crate::state::{Case, Stated};
use chrono::Months;
use domain::{Day, Money};
use messages::{Circumstances, DeferringBenefit, NetIncome};
use schemes::Error;
use schemes::dk_cash_repayment::letter::LetterClaim;
use schemes::dk_cash_repayment::{Benefit, Input, assess};

/// Why the rules give nothing.
#[derive(Debug)]
pub struct Waits {
    /// As in the refusal that tells of it.
    pub code: &'static str,
    /// In words for staff.
    pub detail: String,
}

impl Waits {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl Case {
    /// What was found about the debtor and counts on a day.
    pub fn circumstances(&self, on: Day) -> Option<&Stated<Circumstances>> {
        Some(self.repayment.as_ref()?.circumstances.range(..=on).next_back()?.1)
    }

    /// What the rules give; nothing where nothing is owed.
    pub fn plan_terms(
        &self,
        rules: &RepaymentRules,
        on: Day,
        schedule: &Schedule,
    ) -> Result<Option<PlanTerms>, Waits> {
        let refused = |error: Error| Waits::new("plan_not_assessable", error.to_string());
        let Some(repayment) = &self.repayment else { return Ok(None) };
        let live = repayment.live(rules, on, schedule).map_err(refused)?;
        if live.is_empty() || self.last_day.as_ref().is_some_and(|last| last.what < on) {
            return Ok(None);
        }
        if self.debtor_died_on().is_some() {
            let detail =
                "the debtor has died: what is left is a claim on the estate; settle or withdraw the claims";
            return Err(Waits::new("debtor_dead", detail));
        }
        let Some(stated) = self.circumstances(on) else {
            let detail = "income and provider duty of the debtor are not known: send set_circumstances";
            return Err(Waits::new("circumstances_missing", detail));
        };
        if let Some(failed) = &repayment.not_fetched
            && failed.what.on > stated.what.fetched_on
        {
            let detail = format!(
                "income and provider duty could not be fetched on {}: {}",
                failed.what.on, failed.what.reason
            );
            return Err(Waits::new("circumstances_not_fetched", detail));
        }
        let mut input = input(&stated.what, on);
        let of = |live: &super::claims::Live<'_>| repayment.input_of(rules, live.claim, live.left, on);
        input.claims = live.iter().map(of).collect::<Result<_, _>>().map_err(refused)?;
        let settings = rules.settings.of_scheme();
        let assessment = assess(&input, &rules.parameters, &settings).map_err(refused)?;
        let read = assessment.net_yearly_income.map(|net| rules.parameters.tables().row(net, on, &settings));
        let row = read.transpose().map_err(refused)?.flatten();
        let claims = live.iter().map(|live| LetterClaim {
            claim: live.claim.claim.to_string(),
            month: live.claim.month,
            ground: live.claim.ground.name().to_owned(),
            left: Money::dkk_half_up(live.left),
        });
        let claims = claims.collect();
        let (circumstances, stated_by) = (stated.what.clone(), stated.order.clone());
        Ok(Some(PlanTerms { assessment, circumstances, stated_by, row, claims }))
    }

    /// Whether what was found may still be decided on.
    pub fn is_fresh(rules: &RepaymentRules, circumstances: &Circumstances, on: Day) -> bool {
        fresh_until(rules, circumstances).is_none_or(|until| on <= until)
    }
}

/// The last day on which what was found may be decided on.
pub fn fresh_until(rules: &RepaymentRules, circumstances: &Circumstances) -> Option<Day> {
    circumstances.fetched_on.checked_add_months(Months::new(rules.settings.circumstances_months))
}

/// What was found, as the law's computation takes it, without claims.
pub fn input(found: &Circumstances, on: Day) -> Input {
    let (mut latest_months, mut latest_tax_year) = (Vec::new(), None);
    match &found.income {
        NetIncome::LatestMonths(months) => {
            latest_months = months.iter().map(|month| month.net.amount()).collect();
        }
        NetIncome::TaxYear { net, .. } => latest_tax_year = Some(net.amount()),
        NetIncome::NotFound => {}
    }
    Input {
        on,
        net_yearly_income: None,
        latest_months,
        latest_tax_year,
        provider: found.provider,
        benefit: found.benefit.map(benefit),
        claims: Vec::new(),
    }
}

/// The benefit, as the law's computation names it.
pub fn benefit(of: DeferringBenefit) -> Benefit {
    match of {
        DeferringBenefit::IntegrationBenefit => Benefit::IntegrationBenefit,
        DeferringBenefit::EducationAssistance => Benefit::EducationAssistance,
        DeferringBenefit::CashAssistance => Benefit::CashAssistance,
        DeferringBenefit::ResourceCourseBenefit => Benefit::ResourceCourseBenefit,
        DeferringBenefit::CashBenefit => Benefit::CashBenefit,
        DeferringBenefit::OnlyEarlyRetirement => Benefit::OnlyEarlyRetirement,
    }
}
