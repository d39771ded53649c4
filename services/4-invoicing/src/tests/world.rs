//! One case, the stage, and an ERP that keeps the contract, with the Kvantum fault on demand.

use crate::{Invoicing, InvoicingSettings, State};
use domain::{
    AuthorityId, CaseId, ChargeType, Cpr, Day, DecisionId, DeterminationId, Money, Period, PersonKey,
    PersonSecret, SubscriptionId,
};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, Body, Cause, Determination, ErpEvent, ErpFact,
    InvoiceCommand, InvoiceOrder, Message, PostedDocument, Scheme, SubscriptionState, Trace,
};
use runtime::{Change, Context, Effects, Input, Stage};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn month(text: &str) -> Period {
    text.parse().unwrap()
}

/// A subscription in the ERP.
#[derive(Debug, Clone)]
struct ErpSubscription {
    from: Period,
    valid_to: Period,
    amounts: BTreeMap<Period, Money>,
    billed: BTreeSet<Period>,
    ended: bool,
    closed: bool,
}

pub(super) struct World {
    stage: Invoicing,
    pub(super) state: Option<State>,
    pub(super) today: Day,
    timer: Option<Day>,
    pub(super) commands: Vec<InvoiceCommand>,
    subscriptions: BTreeMap<SubscriptionId, ErpSubscription>,
    /// What the ERP has posted: month, amount, and whether by subscription.
    pub(super) ledger: Vec<(Period, Money, bool)>,
    /// Renewals are accepted and ignored until this day.
    pub(super) lapse_until: Option<Day>,
    /// The ERP refuses everything until this day.
    pub(super) refuse_until: Option<Day>,
    /// After a renewal of an ended subscription the ERP goes on, but does not bill what it missed.
    pub(super) forgets_missed_months: bool,
    versions: BTreeMap<Period, u32>,
}

impl World {
    pub(super) fn new(today: &str) -> Self {
        Self {
            stage: Invoicing::new(InvoicingSettings::default()).unwrap(),
            state: None,
            today: day(today),
            timer: None,
            commands: Vec::new(),
            subscriptions: BTreeMap::new(),
            ledger: Vec::new(),
            lapse_until: None,
            refuse_until: None,
            forgets_missed_months: false,
            versions: BTreeMap::new(),
        }
    }

    pub(super) fn payer() -> PersonKey {
        PersonSecret::new("a secret for tests").unwrap().person_key(&Cpr::parse("2105440645").unwrap())
    }

    pub(super) fn determination(
        period: &str,
        amount: i64,
        version: u32,
        billing: BillingMode,
        recorded_on: Day,
    ) -> Message {
        let period = month(period);
        let determination = Determination {
            determination: DeterminationId::derive(&[&period.to_string(), &version.to_string()]),
            version,
            payer: Self::payer(),
            payer_cpr: Cpr::parse("2105440645").unwrap().into(),
            charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
            billing,
            period,
            amount: Money::dkk(amount),
            due_on: period.first_day(),
            decision: DecisionId::derive(&["decision"]),
            communicated_on: recorded_on,
            cause: Cause::Place,
            trace: Trace::of(&"trace").unwrap(),
        };
        Self::assessment(AssessmentFact::Determined(Box::new(determination)), recorded_on)
    }

    pub(super) fn assessment(fact: AssessmentFact, recorded_on: Day) -> Message {
        Message::AssessmentEvents(Body {
            causes: Vec::new(),
            evidence: Vec::new(),
            data: AssessmentEvent {
                case: CaseId::parse("DAY-1").unwrap(),
                authority: AuthorityId::parse("0101").unwrap(),
                scheme: Scheme::DkDaycare,
                recorded_on,
                fact,
            },
        })
    }

    pub(super) fn determine(&mut self, period: &str, amount: i64, billing: BillingMode) {
        let version = self.versions.entry(month(period)).or_default();
        *version += 1;
        let message = Self::determination(period, amount, *version, billing, self.today);
        self.receive(&message);
    }

    pub(super) fn determine_through(&mut self, from: &str, to: &str, amount: i64, billing: BillingMode) {
        for period in month(from).through(month(to)) {
            self.determine(&period.to_string(), amount, billing);
        }
    }

    pub(super) fn exempt(&mut self, period: &str) {
        let fact = AssessmentFact::Exempted {
            payer: Self::payer(),
            charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
            period: month(period),
            reason: "free month".to_owned(),
        };
        let message = Self::assessment(fact, self.today);
        self.receive(&message);
    }

    pub(super) fn receive(&mut self, message: &Message) {
        self.step(Input::Message(message));
    }

    fn step(&mut self, input: Input<'_, Invoicing>) {
        let context = Context { key: "DAY-1", today: self.today, cause: "test", evidence: &[], trace: "" };
        let effects: Effects<Invoicing> = self.stage.decide(&context, self.state.clone(), input).unwrap();
        if let Change::Put(state) = effects.state() {
            // What is kept must survive the store.
            let json = serde_json::to_string(state).unwrap();
            self.state = Some(serde_json::from_str(&json).unwrap());
            assert_eq!(self.state.as_ref(), Some(state));
        }
        if let Some((_, due)) = effects.timers().last() {
            self.timer = *due;
        }
        let commands: Vec<InvoiceCommand> =
            effects.messages().iter().map(|message| message.content().unwrap()).collect();
        for command in commands {
            let known = self.commands.iter().any(|earlier| earlier.command == command.command);
            assert!(!known, "a command id was used twice: {command:?}");
            self.commands.push(command.clone());
            self.execute(&command);
        }
    }

    /// Lives every day up to and including this one.
    pub(super) fn live_until(&mut self, last: &str) {
        let last = day(last);
        while self.today < last {
            self.today = self.today.succ_opt().unwrap();
            self.erp_day();
            if self.timer.is_some_and(|due| due <= self.today) {
                self.timer = None;
                self.step(Input::Timer("billing"));
            }
        }
    }

    fn execute(&mut self, command: &InvoiceCommand) {
        if self.refuse_until.is_some_and(|day| self.today < day) {
            let (command, code) = (command.command.clone(), "rejected".to_owned());
            return self.say(ErpFact::CommandRejected { command, code, detail: String::new() });
        }
        match command.order.clone() {
            InvoiceOrder::Charge { period, amount, .. } => {
                assert!(!amount.is_negative() && !amount.is_zero());
                self.ledger.push((period, amount, false));
            }
            InvoiceOrder::Credit { period, amount, .. } => {
                assert!(amount.is_negative());
                self.ledger.push((period, amount, false));
            }
            InvoiceOrder::OpenSubscription { subscription, from, valid_to, amount } => {
                let amounts = BTreeMap::from([(from, amount)]);
                let billed = BTreeSet::new();
                let new = ErpSubscription { from, valid_to, amounts, billed, ended: false, closed: false };
                assert!(self.subscriptions.insert(subscription.clone(), new).is_none());
                self.report(&subscription);
                self.bill(&subscription);
            }
            InvoiceOrder::ChangeSubscription { subscription, from, amount } => {
                let known = self.subscriptions.get_mut(&subscription).unwrap();
                assert!(
                    !known.closed && !known.billed.contains(&from),
                    "the ERP would refuse this: period_invoiced"
                );
                known.amounts.insert(from, amount);
            }
            InvoiceOrder::RenewSubscription { subscription, valid_to } => {
                if self.lapse_until.is_some_and(|day| self.today < day) {
                    return;
                }
                let known = self.subscriptions.get_mut(&subscription).unwrap();
                assert!(
                    !known.closed && valid_to > known.valid_to,
                    "the ERP would refuse this: valid_to_not_later"
                );
                if known.ended && self.forgets_missed_months {
                    let missed = known.valid_to.next().through(Period::of(self.today));
                    known.billed.extend(missed);
                }
                known.valid_to = valid_to;
                known.ended = false;
                self.report(&subscription);
                self.bill(&subscription);
            }
            InvoiceOrder::CloseSubscription { subscription, last } => {
                let known = self.subscriptions.get_mut(&subscription).unwrap();
                known.closed = true;
                known.valid_to = known.valid_to.min(last);
            }
        }
    }

    fn erp_day(&mut self) {
        let ids: Vec<SubscriptionId> = self.subscriptions.keys().cloned().collect();
        for id in ids {
            self.bill(&id);
            let known = self.subscriptions.get_mut(&id).unwrap();
            if !known.ended && known.valid_to.last_day() < self.today {
                known.ended = true;
                self.report(&id);
            }
        }
    }

    fn bill(&mut self, id: &SubscriptionId) {
        let known = self.subscriptions.get_mut(id).unwrap();
        let mut posted = Vec::new();
        for period in known.from.through(known.valid_to.min(Period::of(self.today))) {
            let amount = known.amounts.range(..=period).next_back().map(|(_, amount)| *amount).unwrap();
            if !known.ended && known.billed.insert(period) && !amount.is_zero() {
                posted.push((period, amount));
            }
        }
        for (period, amount) in posted {
            self.ledger.push((period, amount, true));
            self.say(ErpFact::DocumentPosted(PostedDocument {
                document: format!("D{}", self.ledger.len()),
                command: None,
                subscription: Some(id.clone()),
                payer: Some(Self::payer()),
                charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
                period,
                amount,
                posted_on: self.today,
                due_on: self.today,
            }));
        }
    }

    fn report(&mut self, id: &SubscriptionId) {
        let known = &self.subscriptions[id];
        let state = if known.ended { SubscriptionState::Ended } else { SubscriptionState::Active };
        let (subscription, valid_to, as_of) = (id.clone(), known.valid_to, self.today);
        self.say(ErpFact::SubscriptionReported { subscription, state, valid_to, as_of });
    }

    /// The ERP says something, twice: the second time must change nothing.
    fn say(&mut self, fact: ErpFact) {
        let data = ErpEvent { case: CaseId::parse("DAY-1").ok(), recorded_on: self.today, fact };
        let message = Message::ErpEvents(Body { causes: Vec::new(), evidence: Vec::new(), data });
        // The message arrives after the step that caused it, as in the pipeline.
        let timer = self.timer;
        self.step(Input::Message(&message));
        self.step(Input::Message(&message));
        self.timer = self.timer.min(timer).or(self.timer).or(timer);
    }

    /// What each month was billed in all, months of zero left out.
    pub(super) fn billed(&self) -> BTreeMap<String, i64> {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        for (period, amount, _) in &self.ledger {
            let sum = sums.entry(period.to_string()).or_insert(Money::dkk(0));
            *sum = sum.plus(*amount).unwrap();
        }
        sums.retain(|_, sum| !sum.is_zero());
        sums.into_iter()
            .map(|(period, sum)| (period, sum.to_text().trim_end_matches(".00").parse().unwrap()))
            .collect()
    }

    /// The commands by name and count.
    pub(super) fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for command in &self.commands {
            *counts.entry(command.order.name()).or_default() += 1;
        }
        counts
    }
}
