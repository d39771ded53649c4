//! Every fault that the ERP can make is found, once, in its class, with its kroner; and nothing is found without a fault.

use super::input::{Family, Input, day, month};
use super::place::{Place, live_documents, money, sum, text};
use domain::{Currency, Money, Period};
use messages::{BillingMode, Finding, FindingClass, FindingState};
use rettidig::report::Report;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Each kind of fault has cases of its own, so that no two faults meet in a month: kind, how it is narrowed, and the
/// class that finds it. The first half of the cases is billed by the month, the second by a standing order.
const FAULTS: [(&str, &str, Option<FindingClass>); 11] = [
    ("drop", "count: 5, from: 2023-03", Some(FindingClass::MissingInErp)),
    ("late", "count: 4, days: 20, from: 2023-03", Some(FindingClass::MissingInErp)),
    ("duplicate", "count: 5, from: 2023-03", Some(FindingClass::Duplicate)),
    ("amount", "count: 5, from: 2023-03", Some(FindingClass::Amount)),
    ("period", "count: 4, from: 2023-03", Some(FindingClass::Period)),
    ("payer", "count: 4, from: 2023-03", Some(FindingClass::Payer)),
    ("cancel", "count: 5, from: 2023-03", Some(FindingClass::CancelledInErp)),
    ("unexpected", "count: 4, from: 2023-03", Some(FindingClass::Unexpected)),
    ("reject", "count: 4, from: 2023-03", Some(FindingClass::Rejected)),
    ("timeout_after_post", "count: 9, from: 2023-02", None),
    ("lapse", "from: 2023-04", Some(FindingClass::SubscriptionLapsed)),
];

/// Cases of each kind of fault.
const CASES: u32 = 6;

/// Days within which a fault is found.
const FOUND_DAYS_MAX: i64 = 7;

fn families(kind: usize) -> impl Iterator<Item = Family> {
    let first = u32::try_from(kind).unwrap() * CASES;
    (first..first + CASES).map(|number| Family::new(number, 1, 1))
}

fn rate(family: &Family) -> i64 {
    2_500 + 10 * i64::from(family.number)
}

fn write(place: &Place) -> String {
    let mut input = Input::default();
    let mut faults = Vec::new();
    for (kind, (name, narrowed, _)) in FAULTS.iter().enumerate() {
        let cases: Vec<String> = families(kind).map(|family| family.case.to_string()).collect();
        faults.push(format!("{{kind: {name}, {narrowed}, cases: [{}]}}", cases.join(", ")));
        for (nth, family) in families(kind).enumerate() {
            let monthly = nth < 3 && *name != "lapse";
            let billing = if monthly { BillingMode::Monthly } else { BillingMode::Standing };
            input.open(day("2022-12-05"), &family, billing, day("2023-01-01"), &[rate(&family)]);
        }
    }
    input.write(&place.input());
    faults.join(", ")
}

/// What is at stake by a fault, as its finding says when it opens.
fn at_stake(fault: &Value) -> Money {
    let amount = |field: &str| Money::parse(&text(fault, field), Currency::DKK).unwrap();
    match text(fault, "kind").as_str() {
        "duplicate" | "unexpected" => amount("amount").negated(),
        "amount" => amount("amount").minus(amount("posted_amount")).unwrap(),
        _ => amount("amount"),
    }
}

fn is_about(finding: &Finding, fault: &Value) -> bool {
    let document = text(fault, "document_no");
    let case = finding.case.as_ref().map(ToString::to_string).unwrap_or_default();
    match text(fault, "kind").as_str() {
        // The document names no case; the finding names the document.
        "unexpected" => finding.documents.contains(&document),
        _ => case == text(fault, "case") && finding.period == month(&text(fault, "period")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_the_erp_has_one_finding_of_its_class_and_no_finding_is_without_a_fault() {
    let place = Place::new();
    let spec = write(&place);
    let report = place.run("2023-07-10", &spec).await;
    assert_eq!((report.dead_letters, report.parked_keys), (0, 0));
    let opened: Vec<Finding> = place
        .messages::<Finding>()
        .await
        .into_iter()
        .filter(|finding| finding.state == FindingState::Opened)
        .collect();
    let faults = place.faults();
    let mut explained = BTreeSet::new();
    let mut refused = BTreeSet::new();
    for fault in &faults {
        // An order that is refused again when it is tried again is the same finding.
        if text(fault, "kind") == "reject" && !refused.insert((text(fault, "case"), text(fault, "period"))) {
            continue;
        }
        let kind = text(fault, "kind");
        let (.., class) = FAULTS.iter().find(|(name, ..)| *name == kind).unwrap();
        let found: Vec<&Finding> = opened
            .iter()
            .filter(|finding| Some(finding.class) == *class && is_about(finding, fault))
            .collect();
        let Some(class) = class else { continue };
        assert_eq!(found.len(), 1, "one finding of class {} for {fault}, not {found:#?}", class.name());
        assert!(explained.insert(found[0].finding.clone()), "one finding for two faults: {fault}");
        assert_eq!(found[0].amount, at_stake(fault), "{fault} {:#?}", found[0]);
        // A renewal that is ignored does harm from the first month that it should have covered.
        let begins = match kind.as_str() {
            "lapse" => month(&text(fault, "period")).first_day(),
            _ => day(&text(fault, "opened_on")),
        };
        let days = (found[0].opened_on - begins).num_days();
        assert!((0..=FOUND_DAYS_MAX).contains(&days), "found after {days} days: {fault}");
    }
    let unexplained: Vec<&Finding> =
        opened.iter().filter(|finding| !explained.contains(&finding.finding)).collect();
    assert!(unexplained.is_empty(), "findings without a fault: {unexplained:#?}");
    assert_each_kind_was_injected(&faults);
    assert_the_report_has_all_that_the_ledger_has(&report, &place.ledger().await);
    assert_timeouts_double_nothing(&place).await;
}

/// What was charged, credited and posted elsewhere is the ERP's ledger, to the øre.
fn assert_the_report_has_all_that_the_ledger_has(report: &Report, ledger: &[Value]) {
    let posted = sum(live_documents(ledger).iter().map(money));
    let told = [&report.obligations.confirmed, &report.obligations.credited, &report.misposted];
    let told = sum(told.map(|share| Money::parse(&share.amount, Currency::DKK).unwrap()));
    assert_eq!(told, posted);
    assert_eq!(report.misposted.count, 12, "three kinds, four each");
}

fn assert_each_kind_was_injected(faults: &[Value]) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for fault in faults {
        *kinds.entry(text(fault, "kind")).or_default() += 1;
    }
    for (kind, ..) in FAULTS {
        assert!(kinds.get(kind).is_some_and(|number| *number >= 4), "{kind}: {kinds:?}");
    }
}

/// The cases whose orders were carried out without an answer have one document a month, over the right amount.
async fn assert_timeouts_double_nothing(place: &Place) {
    let at = FAULTS.iter().position(|(kind, ..)| *kind == "timeout_after_post").unwrap();
    let ledger = live_documents(&place.ledger().await);
    for family in families(at) {
        let documents: Vec<(Period, Money)> = ledger
            .iter()
            .filter(|document| text(document, "case") == family.case.to_string())
            .map(|document| (month(&text(document, "period")), money(document)))
            .collect();
        let periods: BTreeSet<Period> = documents.iter().map(|(period, _)| *period).collect();
        assert_eq!(periods.len(), documents.len(), "{}: a month twice: {documents:?}", family.case);
        assert!(
            month("2023-01").through(month("2023-07")).all(|period| periods.contains(&period)),
            "{}",
            family.case
        );
        assert!(documents.iter().all(|(_, amount)| *amount == Money::dkk(rate(&family))), "{documents:?}");
    }
}
