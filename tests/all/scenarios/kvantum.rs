//! S0: the ERP accepts the renewals of 33 standing charges and lets them end all the same; 33 families get no invoice.

use super::input::{Family, Input, day, month};
use super::place::{Place, live_documents, money, sum, text};
use super::{Backend, on_both_backends};
use domain::{Money, Period};
use messages::{Alert, AlertState, BillingMode, CaseOrder, Finding, FindingClass, FindingState};
use rettidig::report::Report;
use std::collections::{BTreeMap, BTreeSet};

on_both_backends![
    a_renewed_subscription_that_is_billed_raises_nothing,
    thirty_three_lapsed_renewals_are_found_at_once_listed_whole_and_back_billed_when_the_erp_is_mended,
];

/// Families; the ERP fails 33 of them.
const FAMILIES: u32 = 40;

/// The fault of S0.
const LAPSE: &str = "{kind: lapse, count: 33, from: 2023-04}";

/// The last day of the sixteenth month without invoices.
const SIXTEEN_MONTHS: &str = "2024-07-31";

/// Each family pays another amount, so that a mix-up shows in a sum.
fn rate(family: u32) -> i64 {
    2_500 + 10 * i64::from(family)
}

fn families() -> Vec<Family> {
    (0..FAMILIES).map(|number| Family::new(number, 1, 1)).collect()
}

/// Standing orders from February 2023, to be renewed before April; all places end with October 2024.
fn write(place: &Place) {
    let mut input = Input::default();
    for family in families() {
        let rates = [rate(family.number)];
        input.open(day("2023-01-02"), &family, BillingMode::Standing, day("2023-02-01"), &rates);
    }
    for family in families() {
        let end = CaseOrder::EndPlace { place: family.place(0), last_day: day("2024-10-31") };
        input.order(day("2024-09-16"), &family, end);
    }
    input.write(&place.input());
}

fn opened_classes(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .filter(|(_, findings)| findings.opened > 0)
        .map(|(class, _)| class.as_str())
        .collect()
}

fn open_kroner(report: &Report) -> Money {
    Money::parse(&report.obligations.open.amount, domain::Currency::DKK).unwrap()
}

/// The months that the detail of a lapse lists, with their amounts.
fn listed(finding: &Finding) -> BTreeMap<Period, Money> {
    let (_, list) = finding.detail.trim_end_matches('.').split_once(": ").unwrap();
    list.split(", ")
        .map(|entry| entry.split_once(' ').unwrap())
        .map(|(period, amount)| (month(period), Money::parse(amount, domain::Currency::DKK).unwrap()))
        .collect()
}

async fn a_renewed_subscription_that_is_billed_raises_nothing(backend: Backend) {
    let place = Place::on(backend).await;
    write(&place);
    let report = place.run("2024-11-20", "").await;
    assert_eq!(opened_classes(&report), [""; 0]);
    assert_eq!(report.alerts, 0);
    assert_eq!((report.obligations.open.count, open_kroner(&report)), (0, Money::dkk(0)));
    assert_each_month_is_billed_once(&place).await;
}

async fn thirty_three_lapsed_renewals_are_found_at_once_listed_whole_and_back_billed_when_the_erp_is_mended(
    backend: Backend,
) {
    let place = Place::on(backend).await;
    write(&place);
    let report = place.run(SIXTEEN_MONTHS, LAPSE).await;
    let hit: BTreeSet<String> = place.faults().iter().map(|fault| text(fault, "case")).collect();
    assert_eq!(hit.len(), 33);
    let missing = assert_found_and_listed(&place, &hit, &report).await;
    assert_alerted_once(&place, &hit, missing).await;
    assert_missing_is_what_is_open(backend, &place, missing).await;

    let report = place.run("2024-11-20", "").await;
    assert_back_billed(&place, &hit, missing).await;
    assert_each_month_is_billed_once(&place).await;
    assert_eq!(opened_classes(&report), ["subscription_lapsed"], "mending opens nothing new");
    let lapsed = &report.findings["subscription_lapsed"];
    assert_eq!((lapsed.opened, lapsed.resolved, lapsed.open), (33, 33, 0));
    for finding in place.findings().await {
        assert!(matches!(&finding.state, FindingState::Resolved { evidence, .. } if !evidence.is_empty()));
    }
    let last = place.messages::<Alert>().await.pop().unwrap();
    assert_eq!(last.state, AlertState::Resolved);
    assert_eq!((report.obligations.open.count, open_kroner(&report)), (0, Money::dkk(0)));
}

/// All 33 in the first period, sixteen months each. Gives what is missing in all.
async fn assert_found_and_listed(place: &Place, hit: &BTreeSet<String>, report: &Report) -> Money {
    assert_eq!(opened_classes(report), ["subscription_lapsed"]);
    let findings = place.findings().await;
    let found: BTreeSet<String> = findings.iter().map(|f| f.case.as_ref().unwrap().to_string()).collect();
    assert_eq!((findings.len(), &found), (33, hit));
    let mut months = 0;
    for finding in &findings {
        assert_eq!(finding.class, FindingClass::SubscriptionLapsed);
        assert!(month("2023-04").contains(finding.opened_on), "opened on {}", finding.opened_on);
        let listed = listed(finding);
        months += listed.len();
        let expected: Vec<Period> = month("2023-04").through(month("2024-07")).collect();
        assert_eq!(listed.keys().copied().collect::<Vec<_>>(), expected);
        assert_eq!(sum(listed.into_values()), finding.amount);
    }
    assert_eq!(months, 528);
    sum(findings.iter().map(|finding| finding.amount))
}

async fn assert_alerted_once(place: &Place, hit: &BTreeSet<String>, missing: Money) {
    let alerts = place.messages::<Alert>().await;
    let raised: Vec<&Alert> = alerts.iter().filter(|alert| alert.state == AlertState::Raised).collect();
    assert_eq!(raised.len(), 1, "one cause is one alert");
    assert_eq!(raised[0].count, 33);
    assert_eq!(&raised[0].items.iter().cloned().collect::<BTreeSet<_>>(), hit);
    assert!(month("2023-04").contains(raised[0].on));
    let last = alerts.last().unwrap();
    assert_eq!((last.state, last.count), (AlertState::Repeated, 33));
    // The alert of a morning knows the findings of the night before: the first of the month's lapses among them.
    assert_eq!(last.amount, Some(missing));
    assert!(last.on >= day("2024-07-30"), "last told on {}", last.on);
}

/// What is open beyond what an ERP without faults has open on the same day (August, which is not due yet) is missing.
async fn assert_missing_is_what_is_open(backend: Backend, disturbed: &Place, missing: Money) {
    let place = Place::on(backend).await;
    write(&place);
    let undisturbed = place.run(SIXTEEN_MONTHS, "").await;
    let report = disturbed.file("report.json");
    let report: Report = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report.obligations.expected, undisturbed.obligations.expected);
    assert_eq!(open_kroner(&report), open_kroner(&undisturbed).plus(missing).unwrap());
    assert_eq!(report.obligations.open.count, undisturbed.obligations.open.count + 528);
}

/// The bills that came after the sixteen months for these months add up to what was missing.
async fn assert_back_billed(place: &Place, hit: &BTreeSet<String>, missing: Money) {
    let late: Vec<_> = live_documents(&place.ledger().await)
        .into_iter()
        .filter(|document| hit.contains(&text(document, "case")))
        .filter(|document| (month("2023-04")..=month("2024-07")).contains(&month(&text(document, "period"))))
        .collect();
    assert_eq!(late.len(), 528);
    assert!(late.iter().all(|document| text(document, "posted_on").as_str() > SIXTEEN_MONTHS));
    assert_eq!(sum(late.iter().map(money)), missing);
}

/// From February 2023 to October 2024 each family has one document a month, over its own amount.
async fn assert_each_month_is_billed_once(place: &Place) {
    let mut documents: BTreeMap<(String, Period), Vec<Money>> = BTreeMap::new();
    for document in live_documents(&place.ledger().await) {
        let key = (text(&document, "case"), month(&text(&document, "period")));
        documents.entry(key).or_default().push(money(&document));
    }
    let mut expected = BTreeMap::new();
    for family in families() {
        for period in month("2023-02").through(month("2024-10")) {
            expected.insert((family.case.to_string(), period), vec![Money::dkk(rate(family.number))]);
        }
    }
    assert_eq!(documents, expected);
}
