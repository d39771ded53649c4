//! The same messages in any order, and twice: what is owed is the same.

use super::*;
use proptest::prelude::*;

/// A year's messages of a family, without their days: income up, down, corrected, reversed, and a second child.
fn messages() -> Vec<Message> {
    let mut life = Life::begin("2023-01-02");
    let mut all = vec![
        life.command(CaseOrder::OpenCase {
            scheme: Scheme::DkDaycare,
            billing: BillingMode::Monthly,
            payer: party(PAYER),
            from: day("2023-01-01"),
            adults: vec![party(PAYER), party(PARTNER)],
            children: vec![party(CHILD), party(SIBLING)],
            single_provider: false,
        }),
        life.command(CaseOrder::ApplySubsidy {
            applied_on: day("2023-01-02"),
            yearly_income: Money::dkk(400_000),
            self_employed: false,
            admitted_on: None,
        }),
        life.command(CaseOrder::PlaceChild {
            place: PlaceId::parse("P-1").unwrap(),
            child: party(CHILD),
            from: day("2023-02-01"),
            to: None,
            terms: terms(3000),
        }),
        life.command(CaseOrder::PlaceChild {
            place: PlaceId::parse("P-2").unwrap(),
            child: party(SIBLING),
            from: day("2023-03-15"),
            to: None,
            terms: terms(2000),
        }),
        life.command(CaseOrder::EndPlace {
            place: PlaceId::parse("P-1").unwrap(),
            last_day: day("2023-05-14"),
        }),
    ];
    for (n, kroner) in [("2023-02", "20000"), ("2023-03", "36000"), ("2023-04", "15000")] {
        all.push(income(PAYER, "a", n, kroner, ReportKind::Report));
        all.push(income(PARTNER, "b", n, "12000", ReportKind::Report));
    }
    all.push(income(PAYER, "c", "2023-02", "9000", ReportKind::Report));
    all.push(income(PAYER, "d", "2023-03", "4000", ReportKind::Report));
    all.push(income(PAYER, "d", "2023-03", "4000", ReportKind::Reversal));
    all
}

/// The tax assessments of the year, and a report that comes as late as they do.
fn year_after() -> Vec<Message> {
    let life = Life::begin("2024-03-01");
    let states = |adult, kroner| CaseOrder::StateYearlyIncome {
        year: 2023,
        adult: party(adult),
        income: Money::dkk(kroner),
        knowingly_since: None,
    };
    vec![
        life.command_with("y1".into(), states(PAYER, 290_000)),
        life.command_with("y2".into(), states(PARTNER, 150_000)),
        income(PAYER, "e", "2023-02", "30000", ReportKind::Report),
    ]
}

/// Each message some days after the one before, by night or by day.
fn owed_after(
    messages: &[Message],
    order: &[(usize, u64, bool)],
    end: &str,
) -> BTreeMap<(Period, PersonKey), Money> {
    let mut life = Life::begin("2023-01-02");
    for (n, days, by_night) in order {
        if *by_night {
            life.begin_day();
        }
        life.message(&messages[*n]);
        life.morning();
        let later = life.today + chrono::Days::new(*days);
        life.until(&later.to_string());
    }
    life.until(end);
    life.owed().into_iter().filter(|(_, amount)| !amount.is_zero()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_net_per_payer_and_period_is_the_same_for_any_order_and_repetition(
        order in Just((0..messages().len()).chain(0..messages().len()).collect::<Vec<_>>()).prop_shuffle(),
        days in proptest::collection::vec((0u64..12, any::<bool>()), 2 * messages().len()),
    ) {
        let undisturbed: Vec<_> = (0..messages().len()).map(|n| (n, 0, false)).collect();
        let disturbed: Vec<_> = order.into_iter().zip(days).map(|(n, (days, by_night))| (n, days, by_night)).collect();
        let (all, end) = (messages(), "2024-02-01");
        prop_assert_eq!(owed_after(&all, &disturbed, end), owed_after(&all, &undisturbed, end));
    }

    #[test]
    fn a_reconciled_year_is_the_same_for_any_order_of_what_comes_before_and_after_it(
        order in Just((0..messages().len() + year_after().len()).collect::<Vec<_>>()).prop_shuffle(),
        days in proptest::collection::vec((0u64..40, any::<bool>()), messages().len() + year_after().len()),
    ) {
        let all = [messages(), year_after()].concat();
        let undisturbed: Vec<_> = (0..all.len()).map(|n| (n, 0, false)).collect();
        let disturbed: Vec<_> = order.into_iter().zip(days).map(|(n, (days, by_night))| (n, days, by_night)).collect();
        let end = "2025-02-01";
        prop_assert_eq!(owed_after(&all, &disturbed, end), owed_after(&all, &undisturbed, end));
    }
}
