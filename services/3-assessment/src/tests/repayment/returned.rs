//! A payment that was returned: of what the ledger states of a month, the last by the day of its order counts.

use super::*;

#[test]
fn a_payment_that_was_returned_is_reminded_of_anew_and_costs_no_second_fee() {
    let mut life = Life::in_arrears();
    life.until("2026-03-28");
    life.pays("2026-03", "2026-03-27");
    life.until("2026-04-10");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-05-20");
    assert_eq!(
        life.steps(),
        ["2026-03-25 Reminder", "2026-04-11 Reminder", "2026-04-21 Determination", "2026-05-06 Transfer"]
    );
    assert_eq!(life.told(), ["2026-05-06 may_be_transferred"]);
    assert_eq!(life.fees(), ["2026-03-25 2026-03 250.00 due 2026-04-04"]);
    let text = life.letters[3].text.replace('\n', " ");
    assert!(text.contains("meldt betalt den 27. marts 2026, men betalingen er ført tilbage"), "{text}");
    let ids: std::collections::BTreeSet<_> = life.letters.iter().map(|letter| &letter.letter).collect();
    assert_eq!(ids.len(), life.letters.len());
}

#[test]
fn what_was_in_vain_before_a_payment_that_was_returned_transfers_nothing() {
    let mut life = Life::in_arrears();
    life.until("2026-04-20");
    life.pays("2026-03", "2026-04-19");
    life.until("2026-04-22");
    assert_eq!(life.told().last().unwrap(), "2026-04-21 ended may_be_transferred");
    life.misses("2026-03", "2026-03-20");
    let transfer = settlement("KT-1", "2026-04-22", 3_650, Settlement::Transferred, &["2026-03"]);
    let message = life.command(CaseOrder::Repayment(transfer));
    assert_eq!(life.try_input(runtime::Input::Message(&message)).unwrap_err().code, "not_transferable");
    life.until("2026-05-20");
    assert_eq!(life.steps()[3..], ["2026-04-23 Reminder", "2026-05-03 Determination", "2026-05-18 Transfer"]);
}

#[test]
fn a_fee_given_back_for_a_payment_that_was_returned_is_owed_again() {
    let mut life = Life::in_arrears();
    life.until("2026-03-26");
    life.pays("2026-03", "2026-03-24");
    life.until("2026-04-10");
    life.misses("2026-03", "2026-03-20");
    life.until("2026-04-12");
    let amounts: Vec<String> =
        life.fees().iter().map(|fee| fee.split(' ').nth(2).unwrap().to_owned()).collect();
    assert_eq!(amounts, ["250.00", "0.00", "250.00"]);
}

#[test]
fn statements_of_a_payment_end_in_the_same_in_whatever_order_they_come() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let stated = [("2026-03-22", None), ("2026-03-24", Some("2026-03-23")), ("2026-04-02", None)];
    for (last, paid) in [(3, false), (2, true)] {
        for order in orders {
            let mut life = Life::in_debt();
            life.until("2026-04-05");
            for (issued_on, paid_on) in order.into_iter().filter(|nth| *nth < last).map(|nth| stated[nth]) {
                let period = month("2026-03");
                let order = match paid_on {
                    None => RepaymentOrder::PaymentMissed { period, due_on: day("2026-03-20") },
                    Some(paid_on) => RepaymentOrder::PaymentMade { period, paid_on: day(paid_on) },
                };
                life.order_issued(issued_on, CaseOrder::Repayment(order));
            }
            life.until("2026-05-20");
            let steps = ["2026-04-06 Reminder", "2026-04-16 Determination", "2026-05-01 Transfer"];
            let expected: Vec<&str> = if paid { Vec::new() } else { steps.to_vec() };
            assert_eq!(life.steps(), expected, "{order:?}");
        }
    }
}
