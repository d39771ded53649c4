//! Debtors of repayable cash assistance, day by day.

mod claims;
mod decisions;
mod missed;
mod model;
mod possibility;
mod returned;
mod statements;
mod transferred;
mod waits;

use super::{Life, PAYER, day, month, party};
use crate::repayment::RepaymentSettings;
use domain::{ClaimId, LetterId, Money};
use messages::{
    AssessmentFact, CaseOrder, Circumstances, ClaimState, DeadLetter, DeferringBenefit, HearingAnswer,
    IncomeSource, LetterKind, NetIncome, NetMonth, Party, RepayableClaim, RepaymentGround, RepaymentOrder,
    Settlement,
};

pub fn claim_id(id: &str) -> ClaimId {
    ClaimId::parse(id).unwrap()
}

/// A claim of help that ended in August 2025.
pub fn claim(id: &str, of: &str, kroner: i64) -> RepayableClaim {
    RepayableClaim {
        claim: claim_id(id),
        ground: RepaymentGround::P91,
        month: month(of),
        principal: Money::dkk(kroner),
        help_ended_on: day("2025-08-31"),
        learned_on: None,
        could_pay_on: None,
        demanded_by: None,
    }
}

/// No provider; the net income of the latest month and of the one before.
pub fn earns(fetched_on: &str, latest: i64, before: i64) -> Circumstances {
    let fetched_on = day(fetched_on);
    let of = domain::Period::of(fetched_on).minus_months(1);
    let months = [(of, latest), (of.minus_months(1), before)];
    let net = |(month, kroner)| NetMonth { month, net: Money::dkk(kroner) };
    Circumstances {
        provider: false,
        benefit: None,
        income: NetIncome::LatestMonths(months.map(net).to_vec()),
        source: IncomeSource::IncomeRegister,
        fetched_on,
        authorisation: Some("aftale-2025-1".to_owned()),
    }
}

/// What reduces a claim, and the missed instalments that go to recovery with it.
pub fn settlement(
    id: &str,
    on: &str,
    kroner: i64,
    by: Settlement,
    instalments: &[&str],
) -> RepaymentOrder<Party> {
    let (claim, on, amount) = (claim_id(id), day(on), Money::dkk(kroner));
    let instalments = instalments.iter().map(|of| month(of)).collect();
    RepaymentOrder::SettleClaim { claim, on, amount, by, instalments }
}

pub fn on_benefit(fetched_on: &str) -> Circumstances {
    let benefit = Some(DeferringBenefit::CashAssistance);
    Circumstances { benefit, income: NetIncome::NotFound, ..earns(fetched_on, 0, 0) }
}

impl Life {
    pub fn repayment(&mut self, order: RepaymentOrder<Party>) {
        self.order(CaseOrder::Repayment(order));
    }

    pub fn debtor(&mut self) {
        self.repayment(RepaymentOrder::OpenRepayment { debtor: party(PAYER) });
    }

    pub fn claims(&mut self, claims: &[RepayableClaim]) {
        for claim in claims {
            self.repayment(RepaymentOrder::RegisterClaim(claim.clone()));
        }
    }

    pub fn found(&mut self, circumstances: Circumstances) {
        let from = self.today;
        self.repayment(RepaymentOrder::SetCircumstances { from, circumstances });
    }

    pub fn settles(&mut self, id: &str, on: &str, kroner: i64, by: Settlement) {
        self.repayment(settlement(id, on, kroner, by, &[]));
    }

    /// A debtor of 12,000 kroner in two claims who earns 20,400 a month: 18 percent of 244,800 a year, 3,672 a month, an
    /// instalment of 3,650.
    pub fn in_debt() -> Self {
        let mut life = Self::begin("2026-01-05");
        life.debtor();
        life.claims(&[claim("KT-1", "2025-06", 9_000), claim("KT-2", "2025-07", 3_000)]);
        life.found(earns("2026-01-05", 21_250, 20_400));
        life
    }

    /// The amounts of the months, and nothing of those that are free.
    pub fn instalments(&self) -> Vec<String> {
        let mut owed = std::collections::BTreeMap::new();
        for event in &self.events {
            if let AssessmentFact::Determined(determined) = &event.fact
                && determined.charge_type.as_str() == "dk-cash-repayment/instalment"
            {
                owed.insert(determined.period, determined.amount);
            }
        }
        owed.retain(|_, amount| !amount.is_zero());
        owed.iter().map(|(month, amount)| format!("{month} {}", amount.to_text())).collect()
    }

    pub fn letter_kinds(&self) -> Vec<String> {
        self.letters.iter().map(|letter| format!("{} {:?}", letter.written_on, letter.kind)).collect()
    }

    pub fn claim_states(&self, id: &str) -> Vec<ClaimState> {
        let told = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::ClaimAssessed(told) if told.claim == claim_id(id) => Some(told.state),
            _ => None,
        });
        told.collect()
    }

    /// What staff were told and what has ended since, by code.
    pub fn told(&self) -> Vec<String> {
        let told = self.dead_letters.iter().map(|letter| match letter {
            DeadLetter::Refused(refused) => format!("{} {}", refused.on, refused.code),
            DeadLetter::Settled { on, refusal, .. } => {
                format!("{on} ended {}", refusal.split('/').next().unwrap())
            }
            other => format!("{other:?}"),
        });
        told.collect()
    }
}

#[test]
fn a_debtor_is_given_notice_decided_and_charged_each_month_until_the_debt_is_spent() {
    let mut life = Life::in_debt();
    life.until("2026-08-05");
    assert_eq!(life.letter_kinds(), ["2026-01-06 Hearing", "2026-01-21 Decision"]);
    assert_eq!(
        life.instalments(),
        ["2026-03 3650.00", "2026-04 3650.00", "2026-05 3650.00", "2026-06 1050.00"]
    );
    let states = [ClaimState::Notified, ClaimState::Instalments, ClaimState::Settled];
    assert_eq!((life.claim_states("KT-1"), life.claim_states("KT-2")), (states.to_vec(), states.to_vec()));
    assert!(life.dead_letters.is_empty(), "{:?}", life.told());
    let march = life.events.iter().find_map(|event| match &event.fact {
        AssessmentFact::Determined(owed) if owed.period == month("2026-03") => {
            Some((owed, event.recorded_on))
        }
        _ => None,
    });
    let (march, recorded_on) = march.unwrap();
    assert_eq!(march.charge_type.as_str(), "dk-cash-repayment/instalment");
    assert_eq!((recorded_on, march.due_on), (day("2026-03-01"), day("2026-03-20")));
    for part in
        ["percentage by the table", "244800", "\"18\"", "3672", "3650", "KT-1", "KT-2", "lapse of claim"]
    {
        assert!(march.trace.json().contains(part), "{part}: {}", march.trace.json());
    }
    let text = &life.letters[1].text;
    for figure in
        ["december 2025", "244.800,00 kr.", "18 %", "3.650,00 kr.", "12.000,00 kr.", "20. marts 2026"]
    {
        assert!(text.contains(figure), "{figure}: {text}");
    }
}

#[test]
fn orders_of_another_scheme_are_refused() {
    let mut life = Life::in_debt();
    let daycare = life.command(CaseOrder::EndSubsidy { from: day("2026-02-01") });
    let refused = life.try_input(runtime::Input::Message(&daycare)).unwrap_err();
    assert_eq!(refused.code, "other_scheme");
    let mut family = Life::begin("2026-01-01");
    family.household(&[PAYER], &[], true);
    let order = CaseOrder::Repayment(RepaymentOrder::RegisterClaim(claim("KT-1", "2025-06", 9_000)));
    let message = family.command(order);
    assert_eq!(family.try_input(runtime::Input::Message(&message)).unwrap_err().code, "other_scheme");
}

#[test]
fn a_case_that_was_opened_as_daycares_tells_how_it_is_opened() {
    let mut life = Life::begin("2026-01-05");
    let message = life.command(CaseOrder::OpenCase {
        scheme: messages::Scheme::DkCashRepayment,
        billing: messages::BillingMode::Monthly,
        payer: party(PAYER),
        from: day("2026-01-01"),
        adults: vec![party(PAYER)],
        children: Vec::new(),
        single_provider: true,
    });
    let refused = life.try_input(runtime::Input::Message(&message)).unwrap_err();
    assert!(refused.detail.contains("open_repayment"), "{refused}");
}
