//! The ERP: it keeps the contract, but for one fault.

use super::{Fault, Subscription, World, charge_type, payer};
use domain::{CommandId, Money, Period, SubscriptionId};
use messages::{ErpFact, InvoiceCommand, InvoiceOrder, PostedDocument, SubscriptionState};
use std::collections::{BTreeMap, BTreeSet};

impl World {
    fn strikes(&mut self) -> bool {
        let strikes = self.faults_done == 0
            && self.today >= self.fault_from
            && !matches!(self.fault, Fault::None | Fault::Lapse(_) | Fault::Reject);
        self.faults_done += u32::from(strikes);
        strikes
    }

    fn ignores_renewals(&self) -> bool {
        match self.fault {
            Fault::Lapse(months) => self.today < Period::of(self.fault_from).plus_months(months).first_day(),
            _ => false,
        }
    }

    pub(super) fn execute(&mut self, command: InvoiceCommand) {
        let id = command.command.clone();
        if self.fault == Fault::Reject && self.faults_done == 0 && self.today >= self.fault_from {
            self.faults_done += 1;
            let (code, detail) = ("rejected".to_owned(), String::new());
            return self.events.push_back(ErpFact::CommandRejected { command: id, code, detail });
        }
        self.events.push_back(ErpFact::CommandAccepted { command: id.clone(), receipt: "R".to_owned() });
        match command.order {
            InvoiceOrder::Charge { period, amount, .. } | InvoiceOrder::Credit { period, amount, .. } => {
                self.post(Some(id), None, period, amount);
            }
            InvoiceOrder::OpenSubscription { subscription, from, valid_to, amount } => {
                let amounts = BTreeMap::from([(from, amount)]);
                let new = Subscription {
                    from,
                    valid_to,
                    amounts,
                    billed: BTreeSet::new(),
                    ended: false,
                    closed: false,
                };
                assert!(self.subscriptions.insert(subscription.clone(), new).is_none());
                self.report(&subscription);
            }
            InvoiceOrder::ChangeSubscription { subscription, from, amount } => {
                let known = self.subscriptions.get_mut(&subscription).unwrap();
                assert!(!known.closed && !known.billed.contains(&from));
                known.amounts.insert(from, amount);
            }
            InvoiceOrder::RenewSubscription { subscription, valid_to } => {
                if !self.ignores_renewals() {
                    let known = self.subscriptions.get_mut(&subscription).unwrap();
                    assert!(!known.closed && valid_to > known.valid_to);
                    known.valid_to = valid_to;
                    known.ended = false;
                    self.report(&subscription);
                }
            }
            InvoiceOrder::CloseSubscription { subscription, last } => {
                let known = self.subscriptions.get_mut(&subscription).unwrap();
                known.closed = true;
                known.valid_to = known.valid_to.min(last);
            }
        }
    }

    pub(super) fn erp_day(&mut self) {
        let today = self.today;
        let due: Vec<ErpFact> =
            self.later.extract_if(.., |(day, _)| *day <= today).map(|(_, fact)| fact).collect();
        for fact in due {
            if let ErpFact::DocumentPosted(document) = &fact {
                self.book(document.period, document.amount);
            }
            self.events.push_back(fact);
        }
        let ids: Vec<SubscriptionId> = self.subscriptions.keys().cloned().collect();
        for id in ids {
            let known = self.subscriptions.get_mut(&id).unwrap();
            let mut due = Vec::new();
            for period in known.from.through(known.valid_to.min(Period::of(today))) {
                let amount = known.amounts.range(..=period).next_back().map(|(_, amount)| *amount).unwrap();
                if !known.ended && known.billed.insert(period) && !amount.is_zero() {
                    due.push((period, amount));
                }
            }
            let ends = !known.ended && known.valid_to.last_day() < today;
            known.ended |= ends;
            for (period, amount) in due {
                self.post(None, Some(id.clone()), period, amount);
            }
            if ends {
                self.report(&id);
            }
        }
    }

    fn report(&mut self, id: &SubscriptionId) {
        let known = &self.subscriptions[id];
        let state = if known.ended { SubscriptionState::Ended } else { SubscriptionState::Active };
        let (valid_to, as_of) = (known.valid_to, self.today);
        self.events.push_back(ErpFact::SubscriptionReported {
            subscription: id.clone(),
            state,
            valid_to,
            as_of,
        });
    }

    fn post(
        &mut self,
        command: Option<CommandId>,
        subscription: Option<SubscriptionId>,
        period: Period,
        amount: Money,
    ) {
        self.posted += 1;
        let right = PostedDocument {
            document: format!("D{:05}", self.posted),
            command,
            subscription,
            payer: Some(payer()),
            charge_type: charge_type(),
            period,
            amount,
            posted_on: self.today,
            due_on: self.today,
        };
        let other = |document: &PostedDocument| PostedDocument {
            document: format!("{}X", document.document),
            ..document.clone()
        };
        let more = amount.plus(if amount.is_negative() { Money::dkk(-7) } else { Money::dkk(7) }).unwrap();
        let documents = if self.strikes() {
            match self.fault {
                Fault::Duplicate => vec![right.clone(), other(&right)],
                Fault::Amount => vec![PostedDocument { amount: more, ..right }],
                Fault::Period => vec![PostedDocument { period: period.next(), ..right }],
                Fault::Payer => vec![PostedDocument { payer: None, ..right }],
                Fault::Cancel => {
                    let (document, cancelled_on) =
                        (right.document.clone(), self.today + chrono::Days::new(5));
                    let fact = ErpFact::DocumentCancelled { document, cancelled_on, reason: String::new() };
                    self.later.push((cancelled_on, fact));
                    vec![right]
                }
                Fault::Unexpected => {
                    let extra = PostedDocument {
                        command: None,
                        subscription: None,
                        amount: Money::dkk(77),
                        ..other(&right)
                    };
                    vec![right, extra]
                }
                Fault::Late => {
                    let posted_on = self.today + chrono::Days::new(20);
                    self.later
                        .push((posted_on, ErpFact::DocumentPosted(PostedDocument { posted_on, ..right })));
                    Vec::new()
                }
                Fault::None | Fault::Drop | Fault::Reject | Fault::Lapse(_) => Vec::new(),
            }
        } else {
            vec![right]
        };
        for document in documents {
            self.book(document.period, document.amount);
            self.events.push_back(ErpFact::DocumentPosted(document));
        }
    }

    fn book(&mut self, period: Period, amount: Money) {
        let sum = self.ledger.entry(period).or_insert(Money::dkk(0));
        *sum = sum.plus(amount).unwrap();
    }
}
