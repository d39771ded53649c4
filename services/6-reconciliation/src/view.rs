//! Everything known of a case, arranged for comparing.

use crate::matching::{Key, Matching, Slot, Source};
use crate::standing::{Coverage, Order, Standing};
use crate::state::{Obligation, State};
use crate::{Error, ReconciliationSettings};
use chrono::Days;
use domain::{Agenda, Currency, Day, Money, Period};
use messages::InvoiceOrder;

/// A case, arranged for comparing on one day.
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    pub(crate) settings: &'a ReconciliationSettings,
    pub(crate) agenda: &'a Agenda,
    pub(crate) standings: Vec<Standing<'a>>,
    pub(crate) matching: Matching<'a>,
    pub(crate) zero: Money,
}

/// What a month lacks because of a lapse.
pub(crate) struct Lapse<'v, 'a> {
    pub(crate) standing: &'v Standing<'a>,
    /// The first month that is not covered.
    pub(crate) first: Period,
    pub(crate) missing: Money,
}

/// Nothing, in the currency of the case.
pub(crate) fn zero(state: &State) -> Money {
    Money::zero(state.currency.unwrap_or(Currency::DKK))
}

impl<'a> View<'a> {
    pub(crate) fn new(
        state: &'a State,
        settings: &'a ReconciliationSettings,
        agenda: &'a Agenda,
    ) -> Result<Self, Error> {
        let zero = zero(state);
        let standings = Standing::all(state);
        let matching = Matching::of(state, &standings, zero)?;
        Ok(Self { state, settings, agenda, standings, matching, zero })
    }

    /// Whether so many days after `day` have passed.
    pub(crate) fn passed(&self, day: Day, days: u32) -> bool {
        self.agenda.has_come(day + Days::new(days.into()))
    }

    /// Every obligation.
    pub(crate) fn obligations(&self) -> impl Iterator<Item = (Key<'a>, &'a Obligation)> + use<'a> {
        self.state.obligations.iter().flat_map(|(payer, types)| {
            types.iter().flat_map(move |(charge_type, months)| {
                months.iter().map(move |(period, obligation)| ((payer, charge_type, *period), obligation))
            })
        })
    }

    fn obligation(&self, key: Key<'_>) -> Option<&'a Obligation> {
        self.state.obligations.get(key.0)?.get(key.1)?.get(&key.2)
    }

    /// What is owed for a month.
    pub(crate) fn owed(&self, key: Key<'_>) -> Money {
        self.obligation(key).map_or(self.zero, |obligation| obligation.target(self.zero))
    }

    /// What is billed for a month.
    pub(crate) fn confirmed(&self, key: Key<'_>) -> Result<Money, Error> {
        self.matching.confirmed(key, self.zero)
    }

    /// Whether the documents of a month add up to what is owed, none of them on another payer or month, and no order is
    /// still to be carried out.
    pub(crate) fn is_settled(&self, key: Key<'_>) -> Result<bool, Error> {
        let slots = self.matching.slots(key).iter();
        let right =
            slots.flat_map(|slot| slot.documents.iter().map(|document| slot.confirms(document))).all(|is| is);
        Ok(right && !self.awaits_document(key) && self.confirmed(key)? == self.owed(key))
    }

    /// The latest day on which the month was ordered or billed.
    pub(crate) fn last_activity(&self, key: Key<'_>) -> Option<Day> {
        let days = self.matching.slots(key).iter().flat_map(|slot| {
            let ordered = match slot.source {
                Source::Order(order) => Some(order.ordered.issued_on),
                Source::Subscription(..) => None,
            };
            slot.documents.iter().map(|document| document.posted_on).chain(ordered)
        });
        days.max()
    }

    /// Whether an order for the month is still to be carried out.
    fn awaits_document(&self, key: Key<'_>) -> bool {
        self.matching.slots(key).iter().any(|slot| slot.documents.is_empty() && slot.cancelled.is_empty())
    }

    /// What is owed for a month and not ordered (below zero: ordered and not owed). With `answered`, only orders that
    /// the ERP has accepted or carried out count.
    pub(crate) fn not_ordered(&self, key: Key<'_>, answered: bool) -> Result<Money, Error> {
        let slots = self.matching.slots(key).iter();
        let mut left = self.owed(key);
        for slot in slots.filter(|slot| !answered || !slot.documents.is_empty() || self.is_accepted(slot)) {
            left = left.minus(slot.amount)?;
        }
        for document in self.matching.settlements.get(&key).into_iter().flatten() {
            left = left.minus(document.amount)?;
        }
        Ok(left)
    }

    /// What is owed for a month beyond what accepted orders of the month itself bill.
    pub(crate) fn not_ordered_singly(&self, key: Key<'_>) -> Result<Money, Error> {
        let of_orders =
            self.matching.slots(key).iter().filter(|slot| matches!(slot.source, Source::Order(_)));
        let mut accepted = of_orders.filter(|slot| self.is_accepted(slot));
        accepted.try_fold(self.owed(key), |left, slot| Ok(left.minus(slot.amount)?))
    }

    /// What a month lacks because the subscription that is meant to bill it has ended before it: which subscription, the
    /// first month it does not cover, and how much. Nothing where the month is billed otherwise.
    pub(crate) fn lapse(&self, key: Key<'_>) -> Result<Option<Lapse<'_, 'a>>, Error> {
        let missing = self.owed(key).minus(self.confirmed(key)?)?;
        if missing.is_zero()
            || missing.is_negative()
            || !self.obligation(key).is_some_and(Obligation::is_standing)
        {
            return Ok(None);
        }
        Ok(self.standings_of(key).find_map(|standing| match standing.coverage(key.2) {
            Coverage::Gap(first) if !self.matching.has_month_of(standing.id, key) => {
                Some(Lapse { standing, first, missing })
            }
            _ => None,
        }))
    }

    /// The subscriptions of a payer and charge type.
    pub(crate) fn standings_of(&self, key: Key<'_>) -> impl Iterator<Item = &Standing<'a>> {
        self.standings.iter().filter(move |one| one.payer == key.0 && one.charge_type == key.1)
    }

    /// Every order about single months, with its answer.
    pub(crate) fn month_orders(&self) -> impl Iterator<Item = Order<'a>> + use<'a> {
        let state = self.state;
        state
            .orders
            .iter()
            .filter(|(_, ordered)| {
                matches!(ordered.order, InvoiceOrder::Charge { .. } | InvoiceOrder::Credit { .. })
            })
            .map(|(command, ordered)| Order { command, ordered, answer: state.answers.get(command) })
    }

    fn is_accepted(&self, slot: &Slot<'_>) -> bool {
        match slot.source {
            Source::Order(order) => order.accepted_on().is_some(),
            Source::Subscription(id, since) => {
                let standing = self.standings.iter().find(|one| one.id == id);
                since.is_some() && standing.is_some_and(|one| one.is_taken_up())
            }
        }
    }
}
