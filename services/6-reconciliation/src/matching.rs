//! Which document carries out which order. Each document is consumed once; cancelled ones carry out nothing.

use crate::Error;
use crate::standing::{Coverage, Order, Standing};
use crate::state::State;
use domain::{ChargeType, Money, Period, PersonKey, SubscriptionId};
use messages::{InvoiceOrder, PostedDocument};
use std::collections::{BTreeMap, BTreeSet};

/// What an obligation is about.
pub(crate) type Key<'a> = (&'a PersonKey, &'a ChargeType, Period);

/// What makes a document due.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// An order of its own.
    Order(Order<'a>),
    /// A month of a subscription: which, and since when it covers the month.
    Subscription(&'a SubscriptionId, Option<domain::Day>),
}

/// One document that must come to exist.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) key: Key<'a>,
    pub(crate) amount: Money,
    /// The live documents: the first carries it out, the others repeat it.
    pub(crate) documents: Vec<&'a PostedDocument>,
    /// The documents that the ERP has cancelled.
    pub(crate) cancelled: Vec<&'a PostedDocument>,
}

impl<'a> Slot<'a> {
    /// Whether the document bills the right payer for the right month.
    pub(crate) fn confirms(&self, document: &PostedDocument) -> bool {
        document.payer.as_ref() == Some(self.key.0) && document.period == self.key.2
    }

    fn is_of(&self, id: &SubscriptionId) -> bool {
        matches!(self.source, Source::Subscription(own, _) if own == id)
    }

    /// The best fit comes first: right payer and month, right amount, posted in its month, then the earliest.
    fn sort(&mut self) {
        let (payer, _, period) = self.key;
        let amount = self.amount;
        self.documents.sort_by_key(|document| {
            let right = document.payer.as_ref() == Some(payer) && document.period == period;
            let in_time = Period::of(document.posted_on) == period;
            (!right, document.amount != amount, !in_time, document.posted_on, document.document.clone())
        });
    }
}

/// The outcome of matching.
#[derive(Debug, Default)]
pub(crate) struct Matching<'a> {
    /// What should have been posted, by what it is about.
    pub(crate) slots: BTreeMap<Key<'a>, Vec<Slot<'a>>>,
    /// Documents without an order that bring a month to exactly what is owed.
    pub(crate) settlements: BTreeMap<Key<'a>, Vec<&'a PostedDocument>>,
    /// Documents that nobody ordered.
    pub(crate) unmatched: Vec<&'a PostedDocument>,
}

impl<'a> Matching<'a> {
    /// Matches every document of a case.
    pub(crate) fn of(state: &'a State, standings: &[Standing<'a>], zero: Money) -> Result<Self, Error> {
        let mut matching = Self::default();
        let (mut live, mut cancelled): (Vec<_>, Vec<_>) = state
            .documents
            .values()
            .partition(|document| !state.cancellations.contains_key(&document.document));
        live.sort_by_key(|document| (document.posted_on, &document.document));
        cancelled.sort_by_key(|document| (document.posted_on, &document.document));
        matching.by_order(state, &mut live, &mut cancelled);
        for standing in standings {
            matching.by_subscription(state, standing, &mut live, &mut cancelled);
        }
        live.sort_by_key(|document| (document.posted_on, &document.document));
        for document in live {
            matching.by_content(state, document, zero)?;
        }
        Ok(matching)
    }

    /// The slots of a month.
    pub(crate) fn slots<'b>(&'b self, key: Key<'b>) -> &'b [Slot<'a>] {
        self.slots.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The documents that count for a month: of the right payer and month, and each once.
    pub(crate) fn confirming(&self, key: Key<'_>) -> Vec<&'a PostedDocument> {
        let slots = self.slots(key).iter();
        let of_slots =
            slots.flat_map(|slot| slot.documents.iter().filter(|document| slot.confirms(document)));
        of_slots.chain(self.settlements.get(&key).into_iter().flatten()).copied().collect()
    }

    /// What the ERP has billed for a month in all.
    pub(crate) fn confirmed(&self, key: Key<'_>, zero: Money) -> Result<Money, Error> {
        self.confirming(key).iter().try_fold(zero, |sum, document| Ok(sum.plus(document.amount)?))
    }

    fn by_order(
        &mut self,
        state: &'a State,
        live: &mut Vec<&'a PostedDocument>,
        cancelled: &mut Vec<&'a PostedDocument>,
    ) {
        for (command, ordered) in &state.orders {
            let (period, amount) = match ordered.order {
                InvoiceOrder::Charge { period, amount, .. } | InvoiceOrder::Credit { period, amount, .. } => {
                    (period, amount)
                }
                _ => continue,
            };
            let order = Order { command, ordered, answer: state.answers.get(command) };
            if order.refusal().is_some() {
                continue;
            }
            let is_own = |document: &PostedDocument| {
                document.command.as_ref() == Some(command) && document.charge_type == ordered.charge_type
            };
            let mut slot = Slot {
                source: Source::Order(order),
                key: (&ordered.payer, &ordered.charge_type, period),
                amount,
                documents: take(live, is_own),
                cancelled: take(cancelled, is_own),
            };
            slot.sort();
            self.slots.entry(slot.key).or_default().push(slot);
        }
    }

    fn by_subscription(
        &mut self,
        state: &'a State,
        standing: &Standing<'a>,
        live: &mut Vec<&'a PostedDocument>,
        cancelled: &mut Vec<&'a PostedDocument>,
    ) {
        let is_own = |document: &PostedDocument| {
            document.subscription.as_ref() == Some(standing.id)
                && document.charge_type == *standing.charge_type
        };
        let mut own = take(live, is_own);
        let mut own_cancelled = take(cancelled, is_own);
        let mut slots = months(state, standing, &own);
        for slot in slots.values_mut() {
            let period = slot.key.2;
            slot.cancelled = take(&mut own_cancelled, |document| document.period == period);
            // A document posted before its month begins may belong to the month it was posted in.
            slot.documents = take(&mut own, |document| {
                document.period == period && Period::of(document.posted_on) >= period
            });
            slot.sort();
        }
        let mut spare = own;
        for slot in slots.values_mut() {
            spare.extend(slot.documents.drain(slot.documents.len().min(1)..));
        }
        for slot in slots.values_mut().filter(|slot| slot.documents.is_empty() && slot.cancelled.is_empty()) {
            let period = slot.key.2;
            let misposted = spare.iter().position(|document| {
                Period::of(document.posted_on) == period
                    && document.period != period
                    && document.amount == slot.amount
            });
            slot.documents.extend(misposted.map(|at| spare.remove(at)));
        }
        for document in spare {
            match slots.get_mut(&document.period) {
                Some(slot) => slot.documents.push(document),
                // A month that it does not bill: the reference says nothing.
                None => live.push(document),
            }
        }
        for slot in slots.into_values() {
            let covered = matches!(slot.source, Source::Subscription(_, Some(_)));
            if covered || !slot.documents.is_empty() {
                self.slots.entry(slot.key).or_default().push(slot);
            }
        }
    }

    /// A document whose reference says nothing: it may still be what an order or month lacks, to the øre.
    fn by_content(
        &mut self,
        state: &'a State,
        document: &'a PostedDocument,
        zero: Money,
    ) -> Result<(), Error> {
        let Some(payer) = &document.payer else {
            self.unmatched.push(document);
            return Ok(());
        };
        let key = (payer, &document.charge_type, document.period);
        let begun = document.posted_on >= document.period.first_day();
        let slots = self.slots.get_mut(&key);
        let lacking = slots.into_iter().flatten().find(|slot| {
            let may = begun || matches!(slot.source, Source::Order(_));
            slot.documents.is_empty() && slot.amount == document.amount && may
        });
        if let Some(slot) = lacking {
            slot.documents.push(document);
            return Ok(());
        }
        let obligation = state.obligations.get(payer).and_then(|types| types.get(key.1)?.get(&key.2));
        let missing = match obligation {
            Some(obligation) => obligation.target(zero).minus(self.confirmed(key, zero)?)?,
            None => zero,
        };
        if begun && !missing.is_zero() && missing == document.amount {
            self.settlements.entry(key).or_default().push(document);
        } else {
            self.unmatched.push(document);
        }
        Ok(())
    }

    /// Whether the subscription has a month of its own here: billed, or covered and awaited.
    pub(crate) fn has_month_of(&self, id: &SubscriptionId, key: Key<'_>) -> bool {
        self.slots(key).iter().any(|slot| slot.is_of(id))
    }
}

/// The months of a subscription: those determined and covered, and those it has a document for.
fn months<'a>(
    state: &State,
    standing: &Standing<'a>,
    own: &[&'a PostedDocument],
) -> BTreeMap<Period, Slot<'a>> {
    let determined = state.obligations.get(standing.payer).and_then(|types| types.get(standing.charge_type));
    let covered = |period: &Period| matches!(standing.coverage(*period), Coverage::Since(_));
    let mut periods: BTreeSet<Period> =
        determined.into_iter().flat_map(|months| months.keys()).copied().filter(covered).collect();
    periods.extend(own.iter().map(|document| document.period));
    let slot = |period: Period| {
        let since = match standing.coverage(period) {
            Coverage::Since(day) => Some(day),
            Coverage::Not | Coverage::Gap(_) => None,
        };
        let slot = Slot {
            source: Source::Subscription(standing.id, since),
            key: (standing.payer, standing.charge_type, period),
            amount: standing.amount(period)?,
            documents: Vec::new(),
            cancelled: Vec::new(),
        };
        Some((period, slot))
    };
    periods.into_iter().filter_map(slot).collect()
}

fn take<'a>(
    from: &mut Vec<&'a PostedDocument>,
    wanted: impl Fn(&PostedDocument) -> bool,
) -> Vec<&'a PostedDocument> {
    let (taken, left) = from.drain(..).partition(|document| wanted(document));
    *from = left;
    taken
}
