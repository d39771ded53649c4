//! A subscription (*abonnement*): which months it has invoiced and when it ends. Pure.

use crate::contract::Opening;
use crate::ledger::{Draft, Due, State};
use domain::{AuthorityId, CaseId, ChargeType, Day, Money, Period, PersonKey, SubscriptionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A standing order that invoices each month on its 1st.
///
/// Invariant: every month before `next` has been passed exactly once, every month from `next` on has not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub id: SubscriptionId,
    pub case: CaseId,
    pub authority: AuthorityId,
    pub charge_type: ChargeType,
    pub payer_key: PersonKey,
    due_day: u32,
    /// The monthly amount as opened.
    opened_with: Money,
    /// The monthly amounts from later months on.
    changes: BTreeMap<Period, Money>,
    /// The first month that is not invoiced.
    next: Period,
    /// The last month it was opened or prolonged to.
    valid_to: Period,
    /// The last month by a closure.
    closes_after: Option<Period>,
    state: State,
}

/// Why a subscription does not take an order: the code and text of the contract.
pub(crate) type Refusal = (&'static str, String);

impl Subscription {
    /// Opens it, or opens an ended one again from a month that it has not invoiced.
    pub(crate) fn open(old: Option<&Self>, opening: &Opening) -> Result<Self, Refusal> {
        if let Some(old) = old {
            if old.state == State::Active {
                return Err(("subscription_exists", "it is open already; change or renew it".to_owned()));
            }
            old.refuse_invoiced(opening.from)?;
        }
        Ok(Self {
            id: opening.subscription.clone(),
            case: opening.case.clone(),
            authority: opening.authority.clone(),
            charge_type: opening.charge_type.clone(),
            payer_key: opening.payer_key.clone(),
            due_day: opening.due_day,
            opened_with: opening.amount,
            changes: BTreeMap::new(),
            next: opening.from,
            valid_to: opening.valid_to,
            closes_after: None,
            state: State::Active,
        })
    }

    /// Changes the monthly amount from a month on.
    pub(crate) fn change(mut self, from: Period, amount: Money) -> Result<Self, Refusal> {
        self.refuse_closed()?;
        self.refuse_invoiced(from)?;
        if amount.currency() != self.opened_with.currency() {
            return Err(("currency_differs", format!("it invoices in {}", self.opened_with.currency())));
        }
        self.changes.insert(from, amount);
        Ok(self)
    }

    /// Whether it can be prolonged to this month.
    pub(crate) fn check_renewal(&self, valid_to: Period) -> Result<(), Refusal> {
        self.refuse_closed()?;
        if valid_to <= self.valid_to {
            return Err(("valid_to_not_later", format!("it is valid to {} already", self.valid_to)));
        }
        Ok(())
    }

    /// Prolongs it.
    pub(crate) fn renew(mut self, valid_to: Period) -> Self {
        self.valid_to = valid_to;
        self.state = State::Active;
        self
    }

    /// Closes it after a month.
    pub(crate) fn close(mut self, last: Period) -> Result<Self, Refusal> {
        self.refuse_closed()?;
        self.closes_after = Some(last);
        Ok(self)
    }

    /// Does what is due on this day: the months to invoice, each exactly once, and whether it ends.
    pub(crate) fn run(&mut self, day: Day) -> (Vec<Draft>, bool) {
        let mut drafts = Vec::new();
        if self.state == State::Ended {
            return (drafts, false);
        }
        while self.next <= self.last() && self.next.first_day() <= day {
            let amount = self.amount_of(self.next);
            if !amount.is_zero() {
                drafts.push(self.draft(self.next, amount));
            }
            self.next = self.next.next();
        }
        let ends = day > self.last().last_day();
        if ends {
            self.state = State::Ended;
        }
        (drafts, ends)
    }

    /// The next day on which it has something to do.
    pub(crate) fn due_on(&self) -> Option<Day> {
        (self.state == State::Active).then(|| self.next.min(self.last().next()).first_day())
    }

    /// The last month it invoices as things stand.
    pub(crate) fn last(&self) -> Period {
        self.closes_after.map_or(self.valid_to, |last| last.min(self.valid_to))
    }

    /// The last month it was opened or prolonged to.
    pub(crate) fn valid_to(&self) -> Period {
        self.valid_to
    }

    /// The monthly amount of a month.
    pub(crate) fn amount_of(&self, period: Period) -> Money {
        self.changes.range(..=period).next_back().map_or(self.opened_with, |(_, amount)| *amount)
    }

    /// Whether it can take no more orders.
    pub(crate) fn is_closed(&self) -> bool {
        self.state == State::Ended && self.closes_after.is_some_and(|last| last <= self.valid_to)
    }

    fn draft(&self, period: Period, amount: Money) -> Draft {
        Draft {
            command_id: None,
            subscription: Some(self.id.clone()),
            case: Some(self.case.clone()),
            authority: self.authority.clone(),
            payer_key: self.payer_key.clone(),
            charge_type: self.charge_type.clone(),
            period,
            amount,
            due: Due::DayOfMonth(self.due_day),
            settles: None,
        }
    }

    fn refuse_closed(&self) -> Result<(), Refusal> {
        if self.is_closed() {
            return Err(("subscription_closed", format!("it has ended by a closure after {}", self.last())));
        }
        Ok(())
    }

    fn refuse_invoiced(&self, from: Period) -> Result<(), Refusal> {
        if from < self.next {
            let detail = format!(
                "the first month that is not invoiced is {}; correct earlier months by claims",
                self.next
            );
            return Err(("period_invoiced", detail));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn first(text: &str) -> Day {
        month(text).first_day()
    }

    fn opened(from: &str, valid_to: &str) -> Subscription {
        let json = serde_json::json!({
            "command_id": "cmd_1", "subscription": "sub_1", "case": "C-1", "authority": "0101",
            "charge_type": "dk-daycare/parental-payment", "payer": "2105440645",
            "payer_key": "per_0123456789abcdef0123456789abcdef", "from": from, "valid_to": valid_to,
            "amount": {"amount": "100.00", "currency": "DKK"}, "due_day": 1,
        });
        Subscription::open(None, &serde_json::from_value(json).unwrap()).unwrap()
    }

    fn months(drafts: &[Draft]) -> Vec<String> {
        drafts.iter().map(|d| d.period.to_string()).collect()
    }

    #[test]
    fn it_invoices_each_month_once_and_ends_after_the_last() {
        let mut subscription = opened("2023-01", "2023-03");
        assert_eq!(months(&subscription.run(first("2023-02")).0), ["2023-01", "2023-02"]);
        assert!(subscription.run(first("2023-02")).0.is_empty());
        assert_eq!(subscription.due_on(), Some(first("2023-03")));
        assert_eq!(months(&subscription.run(first("2023-03")).0), ["2023-03"]);
        assert_eq!(subscription.due_on(), Some(first("2023-04")));
        assert_eq!(subscription.run(first("2023-04")), (vec![], true));
        assert_eq!((subscription.due_on(), subscription.is_closed()), (None, false));
    }

    #[test]
    fn an_ended_one_that_is_renewed_invoices_every_month_it_missed() {
        let mut subscription = opened("2023-03", "2023-03");
        subscription.run(first("2023-04"));
        let mut subscription =
            subscription.change(month("2024-01"), Money::dkk(120)).unwrap().renew(month("2024-08"));
        let (drafts, ends) = subscription.run(first("2024-07"));
        assert_eq!(drafts.len(), 16);
        assert_eq!(drafts.iter().filter(|d| d.amount == Money::dkk(120)).count(), 7);
        assert!(!ends);
    }

    #[test]
    fn a_change_holds_until_the_month_of_a_later_change_in_whatever_order_they_come() {
        let one = opened("2023-01", "2023-12").change(month("2023-06"), Money::dkk(6)).unwrap();
        let one = one.change(month("2023-03"), Money::dkk(3)).unwrap();
        assert_eq!(one.amount_of(month("2023-02")), Money::dkk(100));
        assert_eq!(one.amount_of(month("2023-05")), Money::dkk(3));
        assert_eq!(one.amount_of(month("2023-12")), Money::dkk(6));
    }

    #[test]
    fn a_month_of_nothing_is_passed_without_a_document() {
        let mut subscription = opened("2023-01", "2023-03").change(month("2023-02"), Money::dkk(0)).unwrap();
        assert_eq!(months(&subscription.run(first("2023-03")).0), ["2023-01"]);
    }

    #[test]
    fn a_closure_ends_it_and_never_prolongs_it() {
        let mut early = opened("2023-01", "2023-06").close(month("2023-02")).unwrap();
        assert_eq!(months(&early.run(first("2023-04")).0), ["2023-01", "2023-02"]);
        assert!(early.is_closed());
        assert_eq!(
            early.clone().change(month("2023-08"), Money::dkk(1)).unwrap_err().0,
            "subscription_closed"
        );
        assert_eq!(early.check_renewal(month("2024-01")).unwrap_err().0, "subscription_closed");
        let mut late = opened("2023-01", "2023-02").close(month("2023-06")).unwrap();
        assert_eq!(months(&late.run(first("2023-12")).0), ["2023-01", "2023-02"]);
    }

    #[test]
    fn closed_before_its_first_month_it_ends_without_a_document() {
        let mut subscription = opened("2023-05", "2023-06").close(month("2023-04")).unwrap();
        assert_eq!(subscription.due_on(), Some(first("2023-05")));
        assert_eq!(subscription.run(first("2023-05")), (vec![], true));
    }

    #[test]
    fn an_invoiced_month_is_neither_changed_nor_opened_again() {
        let mut subscription = opened("2023-01", "2023-02");
        subscription.run(first("2023-03"));
        assert_eq!(
            subscription.clone().change(month("2023-02"), Money::dkk(1)).unwrap_err().0,
            "period_invoiced"
        );
        assert_eq!(subscription.check_renewal(month("2023-02")).unwrap_err().0, "valid_to_not_later");
    }
}
