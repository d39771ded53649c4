//! Debtors of repayable cash assistance from the first claim to the ERP's ledger: noticed, decided by a letter, charged each
//! month until nothing is left, and told to staff where the rules give nothing.

use super::Backend;
use super::input::{AUTHORITY, Input, day, month, person};
use super::on_both_backends;
use super::place::Place;
use crate::program;
use domain::{CaseId, ClaimId, Cpr, Currency, Money, Period};
use messages::{
    AssessmentEvent, AssessmentFact, CaseOrder, Circumstances, ClaimState, DeferringBenefit, IncomeSource,
    Letter, LetterKind, NetIncome, NetMonth, RepayableClaim, RepaymentGround, RepaymentOrder, Scheme,
    Settlement,
};
use std::collections::BTreeMap;
use std::path::Path;

/// A debtor with a case.
struct Debtor {
    case: CaseId,
    cpr: Cpr,
}

impl Debtor {
    fn new(number: u32) -> Self {
        Self { case: CaseId::parse(format!("KTH-{number:04}")).unwrap(), cpr: person(700 + number, 1980) }
    }

    fn order(&self, input: &mut Input, on: &str, order: RepaymentOrder<Cpr>) {
        input.order_of(day(on), &self.case, CaseOrder::Repayment(order));
    }

    /// Owes these amounts of the help of one month each.
    fn owes(&self, input: &mut Input, on: &str, claims: &[(&str, i64)]) {
        self.order(input, on, RepaymentOrder::OpenRepayment { debtor: self.cpr.clone() });
        for (number, (of, kroner)) in (1..).zip(claims) {
            let claim = RepayableClaim {
                claim: self.claim(number),
                ground: RepaymentGround::P91,
                month: month(of),
                principal: Money::dkk(*kroner),
                help_ended_on: month(of).last_day(),
                learned_on: None,
                could_pay_on: None,
                demanded_by: None,
            };
            self.order(input, on, RepaymentOrder::RegisterClaim(claim));
        }
    }

    fn claim(&self, number: u32) -> ClaimId {
        ClaimId::parse(format!("{}.K{number}", self.case)).unwrap()
    }

    fn found(&self, input: &mut Input, on: &str, income: NetIncome, benefit: Option<DeferringBenefit>) {
        let circumstances = Circumstances {
            provider: false,
            benefit,
            income,
            source: IncomeSource::IncomeRegister,
            fetched_on: day(on),
            authorisation: Some("aftale-1".to_owned()),
        };
        self.order(input, on, RepaymentOrder::SetCircumstances { from: day(on), circumstances });
    }
}

fn earned(months: &[(&str, &str)]) -> NetIncome {
    let net = |(of, kroner): &(&str, &str)| NetMonth {
        month: month(of),
        net: Money::parse(kroner, Currency::DKK).unwrap(),
    };
    NetIncome::LatestMonths(months.iter().map(net).collect())
}

/// What the debtor was billed, month by month.
fn billed_to(billed: &BTreeMap<(String, String, Period), Money>, debtor: &Debtor) -> Vec<String> {
    let of_case = billed.iter().filter(|((case, ..), _)| case == debtor.case.as_str());
    of_case.map(|((_, _, period), amount)| format!("{period} {}", amount.to_text())).collect()
}

on_both_backends!(a_debt_is_noticed_decided_invoiced_and_reconciled_until_it_is_spent);

async fn a_debt_is_noticed_decided_invoiced_and_reconciled_until_it_is_spent(backend: Backend) {
    let (place, mut input) = (Place::on(backend).await, Input::default());
    let [pays, settled, deferred, unknown] = [1, 2, 3, 4].map(Debtor::new);
    // 13,050.50 a month: 156,606 a year, 5 percent, 652.52 a month, an instalment of 650.
    let income = || earned(&[("2023-09", "13200"), ("2023-08", "13050.50")]);
    pays.owes(&mut input, "2023-10-02", &[("2023-03", 1_000), ("2023-02", 850)]);
    pays.found(&mut input, "2023-10-03", income(), None);
    settled.owes(&mut input, "2023-10-02", &[("2023-03", 9_000)]);
    settled.found(&mut input, "2023-10-03", income(), None);
    let (claim, on) = (settled.claim(1), day("2024-01-10"));
    let (amount, by, instalments) = (Money::dkk(7_000), Settlement::Paid, Default::default());
    let paid = RepaymentOrder::SettleClaim { claim, on, amount, by, instalments };
    settled.order(&mut input, "2024-01-10", paid);
    deferred.owes(&mut input, "2023-10-02", &[("2023-03", 4_000)]);
    deferred.found(&mut input, "2023-10-03", NetIncome::NotFound, Some(DeferringBenefit::CashAssistance));
    unknown.owes(&mut input, "2023-10-02", &[("2023-03", 4_000)]);
    input.write(&place.input());
    let report = place.run("2024-03-10", "").await;

    let billed = place.billed().await;
    // Noticed on the 3rd, decided on the 18th of October: the 1st of November is fourteen days away.
    assert_eq!(billed_to(&billed, &pays), ["2023-11 650.00", "2023-12 650.00", "2024-01 550.00"]);
    assert_eq!(
        billed_to(&billed, &settled),
        ["2023-11 650.00", "2023-12 650.00", "2024-01 650.00", "2024-02 50.00"]
    );
    assert!(billed_to(&billed, &deferred).is_empty() && billed_to(&billed, &unknown).is_empty());

    let of_scheme = &report.by_charge_type["dk-cash-repayment/instalment"];
    assert_eq!((of_scheme.expected.count, of_scheme.expected.amount.as_str()), (7, "3850.00"));
    assert_eq!(of_scheme.open.amount, "0.00");
    assert_eq!(report.parked_keys, 0);
    // As many claims, and as many kroner, as were registered.
    let claims: Vec<String> = report
        .claims
        .iter()
        .map(|(state, claims)| format!("{state} {} {}", claims.count, claims.amount))
        .collect();
    assert_eq!(claims, ["set aside 1 4000.00", "settled 3 10850.00", "waiting 1 4000.00"]);

    let events: Vec<AssessmentEvent> = place.messages().await;
    let mut states: BTreeMap<ClaimId, ClaimState> = BTreeMap::new();
    for event in events.iter().filter(|event| event.scheme == Scheme::DkCashRepayment) {
        assert_eq!(event.authority.as_str(), format!("{AUTHORITY:04}"));
        match &event.fact {
            AssessmentFact::ClaimAssessed(told) => drop(states.insert(told.claim.clone(), told.state)),
            AssessmentFact::Determined(owed) => {
                assert!(owed.communicated_on <= owed.period.first_day());
                assert!(owed.trace.json().contains("percentage by the table"), "{}", owed.trace.json());
            }
            _ => {}
        }
    }
    let review_on = day("2024-10-03");
    let expected = [
        (pays.claim(1), ClaimState::Settled),
        (pays.claim(2), ClaimState::Settled),
        (settled.claim(1), ClaimState::Settled),
        (deferred.claim(1), ClaimState::SetAside { review_on }),
        (unknown.claim(1), ClaimState::Waits),
    ];
    assert_eq!(states, expected.into());

    let letters: Vec<Letter> = place.messages().await;
    let kinds = |debtor: &Debtor| -> Vec<LetterKind> {
        letters.iter().filter(|letter| letter.case == debtor.case).map(|letter| letter.kind).collect()
    };
    assert_eq!(kinds(&pays), [LetterKind::Hearing, LetterKind::Decision]);
    assert_eq!((kinds(&deferred), kinds(&unknown)), (vec![LetterKind::Decision], vec![]));
    let decision = letters.iter().rfind(|letter| letter.case == pays.case).unwrap();
    for figure in ["156.606,00 kr.", "5 %", "650,00 kr.", "1.850,00 kr.", "20. november 2023"] {
        assert!(
            decision.text.contains(figure) && decision.html.contains(figure),
            "{figure}: {}",
            decision.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_in_a_debtors_case_stands_in_tasks() {
    let (place, mut input) = (Place::new(), Input::default());
    let [unknown, without_table, noticed] = [1, 2, 3].map(Debtor::new);
    unknown.owes(&mut input, "2023-07-03", &[("2023-03", 4_000)]);
    without_table.owes(&mut input, "2023-07-03", &[("2023-03", 4_000)]);
    without_table.found(
        &mut input,
        "2023-07-03",
        earned(&[("2023-06", "13000"), ("2023-05", "13000")]),
        None,
    );
    noticed.owes(&mut input, "2023-07-03", &[("2023-03", 4_000)]);
    noticed.found(&mut input, "2023-07-03", NetIncome::NotFound, None);
    input.write(&place.input());
    place.run("2023-07-10", "").await;
    let data = place.data().display().to_string();
    let output = program::rettidig(&["tasks", "--data", &data], Path::new("."));
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = listed.lines().skip(1).collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(lines[0].contains("KTH-0001 waits - circumstances_missing: "), "{listed}");
    assert!(
        lines[1].contains(
            "KTH-0002 waits - plan_not_assessable: dk-cash-repayment: no value of the parameter `table`"
        ),
        "{listed}"
    );
    assert!(
        lines[2].contains("KTH-0003 hearing ") && lines[2].ends_with("an instalment of a repayment"),
        "{listed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agreements_and_arrears_stand_in_the_report_and_add_up() {
    let (place, mut input) = (Place::new(), Input::default());
    let [active, paid, deferred, sent, never] = [1, 2, 3, 4, 5].map(Debtor::new);
    let income = || earned(&[("2023-09", "13050.50"), ("2023-08", "13050.50")]);
    for (debtor, kroner) in [(&active, 9_000), (&paid, 1_000), (&deferred, 9_000), (&sent, 1_300)] {
        debtor.owes(&mut input, "2023-10-02", &[("2023-03", kroner)]);
        debtor.found(&mut input, "2023-10-03", income(), None);
    }
    never.owes(&mut input, "2023-10-02", &[("2023-03", 4_000)]);
    never.found(&mut input, "2023-10-03", NetIncome::NotFound, Some(DeferringBenefit::CashAssistance));
    let missed = |of: &str| {
        let period = month(of);
        RepaymentOrder::PaymentMissed { period, due_on: period.first_day() + chrono::Days::new(19) }
    };
    for (debtor, of, told_on) in [
        (&sent, "2023-11", "2023-11-23"),
        (&active, "2023-11", "2023-11-23"),
        (&active, "2024-01", "2024-01-23"),
        (&active, "2024-02", "2024-02-22"),
    ] {
        debtor.order(&mut input, told_on, missed(of));
    }
    let paid_on = day("2024-01-05");
    let made = RepaymentOrder::PaymentMade { period: month("2023-11"), paid_on };
    active.order(&mut input, "2024-01-06", made);
    deferred.found(&mut input, "2024-01-10", NetIncome::NotFound, Some(DeferringBenefit::CashAssistance));
    // Reminded, determined and told by the end of December: November's instalment goes, December's is paid.
    let transfer = RepaymentOrder::SettleClaim {
        claim: sent.claim(1),
        on: day("2024-01-08"),
        amount: Money::dkk(650),
        by: Settlement::Transferred,
        instalments: [month("2023-11")].into(),
    };
    sent.order(&mut input, "2024-01-08", transfer);
    input.write(&place.input());
    let report = place.run("2024-02-24", "").await;
    let expected = [("active", 1), ("paid", 1), ("sent to recovery", 1), ("set aside", 1)];
    assert_eq!(report.agreements, expected.map(|(state, count)| (state.to_owned(), count)).into());
    let arrears: Vec<String> = report
        .arrears
        .iter()
        .map(|(how_far, owed)| format!("{how_far} {} {}", owed.count, owed.amount))
        .collect();
    assert_eq!(arrears, ["not reminded of yet 1 650.00", "told to be transferable 1 650.00"]);
    let table = report.due().to_string();
    assert!(table.contains("4 made") && table.contains("sent to recovery"), "{table}");
}
