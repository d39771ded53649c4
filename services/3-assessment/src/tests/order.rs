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

/// Each message some days after the one before, by night or by day.
fn owed_after(order: &[(usize, u64, bool)]) -> BTreeMap<(Period, PersonKey), Money> {
    let messages = messages();
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
    life.until("2024-02-01");
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
        prop_assert_eq!(owed_after(&disturbed), owed_after(&undisturbed));
    }
}
