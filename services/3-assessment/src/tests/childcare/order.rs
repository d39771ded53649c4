//! The same orders in any order of arrival, and twice: what is owed is the same.

use super::*;
use domain::Period;
use messages::Message;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A year of a household: two children, two incomes, another household, a change of care, a notice taken back, a move.
fn orders() -> Vec<Message> {
    let mut life = Life::begin("2024-01-01");
    let child = |born_on: &str, id: &str, from: &str, care| {
        let (place, child, first_day) = (place(id), born(born_on), day(from));
        ChildcareOrder::StartChildcare { place, child, first_day, terms: terms(care) }
    };
    let notice = |given_on: Option<&str>| ChildcareOrder::GiveNotice {
        place: place("P-1"),
        given_on: given_on.map(day),
    };
    let declares = |on: &str, income: &str| {
        let (declared_on, monthly_income) = (day(on), kronor(income));
        ChildcareOrder::DeclareIncome { declared_on, monthly_income }
    };
    let all = [
        ("2024-01-01", ChildcareOrder::OpenChildcare { custodian: born(CUSTODIAN) }),
        ("2024-01-01", declares("2024-01-01", "30000")),
        ("2024-01-01", child("2021-05-03", "P-1", "2024-01-15", CareForm::Preschool)),
        ("2024-02-01", child("2017-09-09", "P-2", "2024-02-01", CareForm::AfterSchool)),
        ("2024-03-01", notice(Some("2024-03-01"))),
        ("2024-03-09", notice(None)),
        ("2024-03-20", declares("2024-03-20", "36500")),
        (
            "2024-04-20",
            ChildcareOrder::SetChildcareHousehold {
                from: day("2024-04-11"),
                partner: Some(born("1986-07-08")),
                monthly_income: Some(kronor("52000")),
            },
        ),
        (
            "2024-05-02",
            ChildcareOrder::ChangeChildcare {
                place: place("P-1"),
                from: day("2024-05-06"),
                terms: terms(CareForm::AfterSchool),
            },
        ),
        ("2024-06-10", ChildcareOrder::MoveAway { place: place("P-2"), moved_on: Some(day("2024-06-05")) }),
    ];
    let commands = all.into_iter().map(|(on, order)| {
        let Message::CaseCommands(mut command) = life.command(CaseOrder::Childcare(order)) else { panic!() };
        command.data.issued_on = day(on);
        Message::CaseCommands(command)
    });
    commands.collect()
}

/// Each order some days after the one before, by night or by day.
fn owed_after(order: &[(usize, u64, bool)]) -> BTreeMap<Period, Money> {
    let orders = orders();
    let mut life = Life::begin("2024-01-01");
    life.stage = life.stage.clone().with_childcare(hearing()).unwrap();
    for (n, days, by_night) in order {
        if *by_night {
            life.begin_day();
        }
        life.message(&orders[*n]);
        life.morning();
        let later = life.today + chrono::Days::new(*days);
        life.until(&later.to_string());
    }
    life.until("2025-01-01");
    life.owed()
        .into_iter()
        .map(|((month, _), amount)| (month, amount))
        .filter(|(_, a)| !a.is_zero())
        .collect()
}

#[test]
fn the_months_of_the_household_are_these() {
    let undisturbed: Vec<_> = (0..orders().len()).map(|n| (n, 0, false)).collect();
    let owed = owed_after(&undisturbed);
    // March: 19 days at 30,000 and 12 at 36,500, 3 and 1 percent.
    let expected = [("2024-01", "494.00"), ("2024-02", "1200.00"), ("2024-03", "1300.00")];
    for (month, amount) in expected {
        assert_eq!(owed[&crate::tests::month(month)].to_text(), amount, "{month}");
    }
    assert_eq!(owed.len(), 13);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_is_owed_is_the_same_for_any_order_of_arrival_and_repetition(
        order in Just((0..orders().len()).chain(0..orders().len()).collect::<Vec<_>>()).prop_shuffle(),
        days in proptest::collection::vec((0u64..9, any::<bool>()), 2 * orders().len()),
    ) {
        let undisturbed: Vec<_> = (0..orders().len()).map(|n| (n, 0, false)).collect();
        let disturbed: Vec<_> = order.into_iter().zip(days).map(|(n, (days, by_night))| (n, days, by_night)).collect();
        prop_assert_eq!(owed_after(&disturbed), owed_after(&undisturbed));
    }
}
