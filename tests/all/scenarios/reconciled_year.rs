//! An income year is over, its tax assessments come: what was paid too much goes back, what was paid too little is claimed after a
//! hearing, and everybody is told. The ledger of the ERP ends with what each month cost by the income that was really had.

use super::input::{Family, Input, day, month};
use super::place::{Place, sum};
use super::{Backend, on_both_backends};
use crate::program;
use domain::Money;
use messages::{AssessmentEvent, AssessmentFact, BillingMode, CaseOrder, Letter, LetterKind, YearOutcome};
use std::collections::BTreeMap;
use std::path::Path;

on_both_backends!(a_year_is_settled_by_its_tax_assessment_in_the_erp_and_everybody_is_told);

/// A family that was granted by 25,000 a month and had it, as far as the register knows.
fn family(input: &mut Input, number: u32, billing: BillingMode) -> Family {
    let family = Family::new(number, 1, 1);
    input.open(day("2023-09-20"), &family, billing, day("2023-10-01"), &[3_000]);
    input.apply(day("2023-09-20"), &family, 25_000, day("2023-10-01"));
    for of in month("2023-10").through(month("2023-12")) {
        input.pay(&family, &family.payer.clone(), of, 25_000);
    }
    family
}

fn assessed(input: &mut Input, family: &Family, kroner: i64) {
    let (adult, income) = (family.payer.clone(), Money::dkk(kroner));
    let order = CaseOrder::StateYearlyIncome { year: 2023, adult, income, knowingly_since: None };
    input.order(day("2024-02-01"), family, order);
}

fn years(place: &Place) -> String {
    let data = place.data().display().to_string();
    let output = program::rettidig(&["tasks", "--years", "--data", &data], Path::new("."));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn a_year_is_settled_by_its_tax_assessment_in_the_erp_and_everybody_is_told(backend: Backend) {
    let (place, mut input) = (Place::on(backend).await, Input::default());
    let monthly = BillingMode::Monthly;
    let [more, less, same, standing] = [(1, monthly), (2, monthly), (3, monthly), (4, BillingMode::Standing)]
        .map(|(n, billing)| family(&mut input, n, billing));
    for (family, kroner) in [(&more, 348_000), (&less, 252_000), (&same, 300_000), (&standing, 348_000)] {
        assessed(&mut input, family, kroner);
    }
    input.write(&place.input());
    let report = place.run("2024-05-03", "").await;

    let billed = place.billed().await;
    let of_2023 = |family: &Family| {
        let months = billed.iter().filter(|((case, _, period), _)| {
            case == family.case.as_str() && period.to_string().starts_with("2023")
        });
        sum(months.map(|(_, amount)| *amount))
    };
    let events: Vec<AssessmentEvent> = place.messages().await;
    let reconciled: BTreeMap<String, _> = events
        .iter()
        .filter_map(|event| match &event.fact {
            AssessmentFact::YearReconciled(year) => Some((event.case.to_string(), (**year).clone())),
            _ => None,
        })
        .collect();
    assert_eq!(reconciled.len(), 4);
    for (family, outcome) in [
        (&more, YearOutcome::Changed),
        (&less, YearOutcome::Changed),
        (&same, YearOutcome::Unchanged),
        (&standing, YearOutcome::Changed),
    ] {
        let year = &reconciled[family.case.as_str()];
        assert_eq!(year.outcome, outcome);
        assert_eq!(of_2023(family), year.after, "the ledger of {} says what the year costs", family.case);
    }
    let (more_year, less_year) = (&reconciled[more.case.as_str()], &reconciled[less.case.as_str()]);
    assert!(more_year.after.amount() > more_year.before.amount());
    assert!(less_year.after.amount() < less_year.before.amount());
    assert_eq!(more_year.after, reconciled[standing.case.as_str()].after, "however it is billed");

    let letters: Vec<Letter> = place.messages().await;
    let about_the_year = |family: &Family| -> Vec<LetterKind> {
        let of_case = letters.iter().filter(|letter| letter.case == family.case);
        of_case.filter(|letter| letter.title.contains("2023")).map(|letter| letter.kind).collect()
    };
    assert_eq!(about_the_year(&more), [LetterKind::Hearing, LetterKind::Decision]);
    assert_eq!(about_the_year(&less), [LetterKind::Decision]);
    assert_eq!(about_the_year(&same), [LetterKind::Decision]);
    assert_eq!((report.dead_letters, report.parked_keys), (0, 0));
    assert!(place.findings().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_year_is_listed_with_its_deviation_until_it_is_reconciled() {
    let (place, mut input) = (Place::new(), Input::default());
    let (waits, far) =
        (family(&mut input, 1, BillingMode::Monthly), family(&mut input, 2, BillingMode::Monthly));
    input.write(&place.input());
    place.run("2023-12-31", "").await;
    assert!(years(&place).contains("No income year waits"), "{}", years(&place));
    place.run("2024-01-20", "").await;
    let listed = years(&place);
    assert!(listed.contains("2024-12-31 DAY-0001 2023 0 % for the tax assessment of 1 adult"), "{listed}");
    assert!(listed.contains("2 in all; below 10 %: 2"), "{listed}");
    let mut later = input.follow_up();
    assessed(&mut later, &far, 480_000);
    assessed(&mut later, &waits, 300_000);
    later.write(&place.input());
    place.run("2024-02-03", "").await;
    let listed = years(&place);
    assert!(listed.contains("DAY-0002 2023 60 % for the hearing"), "{listed}");
    assert!(!listed.contains("DAY-0001") && listed.contains("above 50 %: 1"), "{listed}");
    place.run("2024-02-20", "").await;
    assert!(years(&place).contains("No income year waits"), "{}", years(&place));
}
